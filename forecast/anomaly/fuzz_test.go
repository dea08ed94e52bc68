package anomaly

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
)

// FuzzState reads anything as a stored detector: it is refused, or goes on without a panic.
func FuzzState(f *testing.F) {
	d := New(Options{})
	for i := range 400 {
		d.Next(int64(i)*fiveMinutes, float64(i%7))
		if i%133 == 0 {
			b, err := d.MarshalBinary()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Add([]byte("no detector"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Detector
		if err := d.UnmarshalBinary(b); err != nil {
			if !errors.Is(err, ErrState) {
				t.Errorf("%v is no ErrState", err)
			}
			return
		}
		for i := range 70 {
			d.Next(int64(i)*fiveMinutes, float64(i))
		}
	})
}

// FuzzNext gives any times and values: scores stay numbers, and a detector that
// was stored on the way goes on with the same ones.
func FuzzNext(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, uint8(3))
	f.Add(binary.BigEndian.AppendUint64(nil, math.Float64bits(math.Inf(1))), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		d := New(Options{})
		var other *Detector
		at := int64(0)
		for i := range 200 {
			var v float64
			if len(b) >= 16 {
				k := (i * 16) % (len(b) - 15)
				at += int64(binary.BigEndian.Uint64(b[k:])) >> (i % 50)
				v = math.Float64frombits(binary.BigEndian.Uint64(b[k+8:]))
			} else {
				at, v = at+fiveMinutes, float64(i%len(append(b, 0)))
			}
			p := d.Next(at, v)
			if why := sound(p); why != "" {
				t.Fatalf("point %d (%v at %d): %s: %+v", i, v, at, why, p)
			}
			if other != nil {
				if q := other.Next(at, v); !same(p, q) {
					t.Fatalf("point %d: %+v, stored and read back %+v", i, p, q)
				}
			}
			if i == int(cut) {
				state, err := d.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				other = new(Detector)
				if err := other.UnmarshalBinary(state); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
