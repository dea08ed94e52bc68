package postgres

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// TestNumeric decodes what appendNumeric makes with pgx's own decoder.
func TestNumeric(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	values := []float64{0, 1, -1, 10, 9999, 10000, 10001, 0.1, 0.0001, 0.00001, 0.00012, 123456789, 1e15, 1e16, 1.0 / 3, 1e300, 1e-300,
		math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 12345.6789, 1234.5, 99.99, math.Pi * 1e9, 1e4, 1e8, 5e-5}
	for range 20_000 {
		values = append(values, math.Float64frombits(rnd.Uint64()), math.Round(rnd.NormFloat64()*1e6)/1000, float64(rnd.IntN(100_000)))
	}
	m := pgtype.NewMap()
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		var got pgtype.Numeric
		if err := m.Scan(pgtype.NumericOID, pgtype.BinaryFormatCode, appendNumeric(nil, v)[4:], &got); err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		if f, err := got.Float64Value(); err != nil || f.Float64 != v {
			t.Fatalf("%v came back as %v (%v %v)", v, f.Float64, got, err)
		}
		if back := decimal(appendNumeric(nil, v)[4:]); back != v {
			t.Fatalf("%v is read as %v", v, back)
		}
	}
}

// IDs ascend and are UUIDs of version 7.
func TestIDs(t *testing.T) {
	g := newIDSource()
	last := g.next()
	for range 100_000 {
		id := g.next()
		if bytes.Compare(last[:], id[:]) >= 0 || id[6]>>4 != 7 || id[8]>>6 != 2 {
			t.Fatalf("%x follows %x", id, last)
		}
		last = id
	}
	g.counter = 1<<26 - 1
	before := g.next()
	if after := g.next(); bytes.Compare(before[:], after[:]) >= 0 {
		t.Errorf("%x follows %x", after, before)
	}
}
