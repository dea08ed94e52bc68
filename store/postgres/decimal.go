package postgres

import (
	"encoding/binary"
	"math"
	"strconv"
)

// reader is how a column of values is read: what is selected, and the float of
// a field. A numeric comes as it is, since the server would turn it into a
// float by way of its text, which costs more than all the rest of a row.
func (c column) reader(name string) (selected string, decode func([]byte) float64) {
	if c.kind == "numeric" {
		return name, decimal
	}
	return name + "::float8", float
}

// Signs of a numeric in the binary protocol.
const (
	negative = 0x4000
	notANum  = 0xC000
	plusInf  = 0xD000
	minusInf = 0xF000
)

// powers of 10,000 that a float holds exactly.
var powers = [...]float64{1, 1e4, 1e8, 1e12, 1e16, 1e20}

// decimal is the float nearest to a numeric; an absent one is NaN. Its groups of 4
// digits make an integer: where that and the power of ten are exact, so is one
// division; all others go by way of their text.
func decimal(b []byte) float64 {
	const head = 8
	if len(b) < head {
		return math.NaN()
	}
	weight, sign := int(int16(binary.BigEndian.Uint16(b[2:]))), binary.BigEndian.Uint16(b[4:])
	switch sign {
	case notANum:
		return math.NaN()
	case plusInf:
		return math.Inf(1)
	case minusInf:
		return math.Inf(-1)
	}
	v := magnitude(b[head:], weight)
	if sign == negative {
		v = -v
	}
	return v
}

func magnitude(groups []byte, weight int) float64 {
	n := len(groups) / 2
	shift := weight - n + 1 // of the last group
	if n > 4 || shift <= -len(powers) || shift >= len(powers) {
		return decimalText(groups, shift)
	}
	var whole uint64
	for i := range n {
		whole = whole*10_000 + uint64(binary.BigEndian.Uint16(groups[2*i:]))
	}
	switch {
	case whole > 1<<53:
		return decimalText(groups, shift)
	case shift < 0:
		return float64(whole) / powers[-shift]
	}
	return float64(whole) * powers[shift]
}

// decimalText is the float of groups of digits of which the last one counts 10,000 to the power of shift.
func decimalText(groups []byte, shift int) float64 {
	var room [64]byte
	text := room[:0]
	for ; len(groups) >= 2; groups = groups[2:] {
		g := binary.BigEndian.Uint16(groups)
		text = append(text, '0'+byte(g/1000%10), '0'+byte(g/100%10), '0'+byte(g/10%10), '0'+byte(g%10))
	}
	text = strconv.AppendInt(append(text, 'e'), int64(4*shift), 10)
	v, _ := strconv.ParseFloat(string(text), 64) // one that is too large is an infinity
	return v
}
