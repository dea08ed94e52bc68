package anomaly

import "math"

// recent keeps what tells the kinds apart: on which side of the band the last
// points lay, and how large their steps were.
type recent struct {
	Sides []int8    // of the last points: above 1, below -1, inside 0
	Steps []float64 // sizes of the last steps
	Usual float64   // mean size of all steps
	Lean  float64   // the sides of the last hours, older ones count less
	Last  float64
	N     int
}

const (
	recentPoints = 12
	leanPoints   = 36  // the longest window
	leans        = 1.5 // points out of the band on one side more than on the other
)

// up reports whether what is unusual about a point may lie above what is usual.
func (r *recent) up(p Point) bool {
	return p.Value > p.Upper || p.Value >= p.Expected && r.Lean > -leans
}

// down reports whether it may lie below.
func (r *recent) down(p Point) bool {
	return p.Value < p.Lower || p.Value <= p.Expected && r.Lean < leans
}

func (r *recent) add(x float64, p Point) {
	side := int8(0)
	switch {
	case x > p.Upper:
		side = 1
	case x < p.Lower:
		side = -1
	}
	r.Sides = last(append(r.Sides, side))
	r.Lean += float64(side) - r.Lean/leanPoints
	if r.N > 0 {
		step := math.Abs(x - r.Last)
		r.Steps = last(append(r.Steps, step))
		r.Usual += max(0.005, 1/float64(r.N)) * (step - r.Usual)
	}
	r.Last = x
	r.N++
}

func last[T any](v []T) []T {
	if len(v) > recentPoints {
		return append(v[:0], v[len(v)-recentPoints:]...)
	}
	return v
}

// kind names what is unusual about a point.
func (r *recent) kind(p Point, m marks) Kind {
	switch {
	case m.gap >= 1:
		return Gap
	case m.flat >= 1:
		return Flat
	}
	var side, total int
	for _, s := range r.Sides {
		side += int(s)
		total += int(s * s)
	}
	var steps float64
	for _, s := range r.Steps {
		steps += s / float64(len(r.Steps))
	}
	beyond := p.Value > p.Upper || p.Value < p.Lower
	switch {
	case max(side, -side) >= recentPoints/2 && max(side, -side) == total:
		return Shift
	case steps > 2*r.Usual && total >= 3 && max(side, -side) < total:
		return Variance // out on both sides
	case beyond && p.Up():
		return Spike
	case beyond:
		return Dip
	case steps > 2.5*r.Usual:
		return Variance
	case m.short+m.value > 2*(m.middle+m.long) && p.Up():
		return Spike
	case m.short+m.value > 2*(m.middle+m.long):
		return Dip
	}
	return Pattern
}

// parts are the shares of the measures, from the largest; small ones are left out.
func parts(m marks) []Part {
	all := []Part{
		{"value", m.value / 2, "no value like this in the last 4,000 points"},
		{"step", m.change, "the step from the last value is unusually large"},
		{"level", m.level, "far from its slow mean"},
		{"last points", m.short, "the last 6 points are like no earlier ones"},
		{"shape", m.long, "the last 36 points are like no earlier ones"},
		{"flat", neededScore * m.flat, "the value does not change, which it usually does"},
		{"gap", neededScore * m.gap, "no points for longer than ever before"},
	}
	var sum float64
	for _, p := range all {
		sum += p.Share
	}
	out := all[:0]
	for _, p := range all {
		if p.Share /= sum; p.Share >= 0.05 {
			out = append(out, p)
		}
	}
	for i := 1; i < len(out); i++ {
		for j := i; j > 0 && out[j].Share > out[j-1].Share; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
