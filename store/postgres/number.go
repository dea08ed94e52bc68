package postgres

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"aiops/metric"
)

// appendFloat appends a value as a double precision field of binary COPY.
func appendFloat(b []byte, v float64) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, math.Float64bits(v))
}

// appendNumeric appends a finite value as a numeric field of binary COPY: the
// shortest decimal that reads back as the same float, in groups of 4 digits.
func appendNumeric(b []byte, v float64) []byte {
	var text [40]byte
	t := strconv.AppendFloat(text[:0], math.Abs(v), 'e', -1, 64)
	digits, exp := parse(t)
	// The first group holds the digits up to a power of 10,000.
	weight := floorDiv(exp, 4)
	lead := exp - 4*weight + 1 // digits of the first group
	groups := (len(digits) - lead + 3) / 4
	if len(digits) > lead {
		groups++
	} else {
		groups = 1
	}
	scale := max(0, len(digits)-1-exp)
	sign := uint16(0)
	if v < 0 {
		sign = 0x4000
	}
	if v == 0 {
		groups, weight, sign, scale = 0, 0, 0, 0
	}
	b = binary.BigEndian.AppendUint32(b, uint32(8+2*groups))
	b = binary.BigEndian.AppendUint16(b, uint16(groups))
	b = binary.BigEndian.AppendUint16(b, uint16(int16(weight)))
	b = binary.BigEndian.AppendUint16(b, sign)
	b = binary.BigEndian.AppendUint16(b, uint16(scale))
	at := lead - 4 // where the first group begins, before the digits if it is short
	for range groups {
		g := uint16(0)
		for i := at; i < at+4; i++ {
			g *= 10
			if i >= 0 && i < len(digits) {
				g += uint16(digits[i] - '0')
			}
		}
		b = binary.BigEndian.AppendUint16(b, g)
		at += 4
	}
	return b
}

// parse takes a text such as 1.25e-07 apart: its digits, and the power of ten
// of the first one. The digits replace the text.
func parse(t []byte) (digits []byte, exp int) {
	digits = t[:0]
	for i, c := range t {
		switch {
		case c == 'e':
			neg := t[i+1] == '-'
			for _, c := range t[i+2:] {
				exp = 10*exp + int(c-'0')
			}
			if neg {
				exp = -exp
			}
			return digits, exp
		case c != '.':
			digits = append(digits, c)
		}
	}
	return digits, exp
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// idSource makes IDs that ascend, so that they go to the end of their index:
// UUIDs of version 7.
type idSource struct {
	millis  uint64
	counter uint32
	random  [8]byte
}

func newIDSource() *idSource {
	g := &idSource{millis: uint64(time.Now().UnixMilli())}
	_, _ = rand.Read(g.random[:]) // never fails
	g.counter = binary.BigEndian.Uint32(g.random[:4]) & 0x1FF
	return g
}

func (g *idSource) next() (id [16]byte) {
	if g.counter++; g.counter >= 1<<26 {
		g.millis, g.counter = g.millis+1, 0
	}
	binary.BigEndian.PutUint64(id[:8], g.millis<<16|0x7000|uint64(g.counter>>14))
	copy(id[8:], g.random[:])
	id[8], id[9] = 0x80|byte(g.counter>>8)&0x3F, byte(g.counter)
	return id
}

func newIDs(n int) [][16]byte {
	g := newIDSource()
	out := make([][16]byte, n)
	for i := range out {
		out[i] = g.next()
	}
	return out
}

// bucket is the start of the bucket of the given length that t lies in.
func bucket(t, step int64) int64 {
	b := t - t%step
	if b > t {
		b -= step
	}
	return b
}

const hour = int64(time.Hour / time.Microsecond)

// hours are the whole hours that a range touches.
func hours(r metric.Range) metric.Range {
	return metric.Range{From: bucket(r.From, hour), To: bucket(r.To-1, hour) + hour}
}
