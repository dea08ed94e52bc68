package metric

// Pyramid answers "lowest and highest between two times" over a series of any
// size in the time that the answer's pixels take: above the points it keeps the
// extremes of every 16, 256, 4096 ... of them.
type Pyramid struct {
	Envelope
	Gap    int64 // a larger distance of neighbours is a gap; 0: none
	levels []level
}

type level struct{ min, max []float64 }

// NewPyramid builds the pyramid; the envelope's columns are shared, not copied.
func NewPyramid(e Envelope) *Pyramid {
	return &Pyramid{Envelope: e, Gap: max(GapLimit(e.Times), 3*e.Step)}
}

// Extremes returns the lowest and highest value of the points i..j-1; j > i.
func (p *Pyramid) Extremes(i, j int) (lo, hi float64) {
	lo, hi = p.Min[i], p.Max[i]
	for ; i < j; i++ {
		lo, hi = min(lo, p.Min[i]), max(hi, p.Max[i])
	}
	return lo, hi
}
