package metric

import "math"

// fanout is how many entries of one level an entry of the next stands for.
const (
	fanoutBits = 4
	fanout     = 1 << fanoutBits
)

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
	p := &Pyramid{Envelope: e, Gap: max(GapLimit(e.Times), 3*e.Step)}
	lo, hi := e.Min, e.Max
	for len(lo) > fanout {
		next := reduce(lo, hi)
		p.levels = append(p.levels, next)
		lo, hi = next.min, next.max
	}
	return p
}

// reduce makes the next level: the extremes of each 16 entries, the last one
// of what is left.
func reduce(lo, hi []float64) level {
	n := (len(lo) + fanout - 1) / fanout
	both := make([]float64, 2*n)
	out := level{min: both[:n:n], max: both[n:]}
	same := &lo[0] == &hi[0]
	for k := range n {
		i, j := k<<fanoutBits, min((k+1)<<fanoutBits, len(lo))
		if same {
			out.min[k], out.max[k] = extremes(lo[i:j])
			continue
		}
		out.min[k], _ = extremes(lo[i:j])
		_, out.max[k] = extremes(hi[i:j])
	}
	return out
}

// extremes compares the numbers as integers that are ordered like them: the
// processor does that without branches, and so a third faster.
func extremes(v []float64) (lo, hi float64) {
	a, b := int64(math.MaxInt64), int64(math.MinInt64)
	for _, x := range v {
		k := ordered(int64(math.Float64bits(x)))
		a, b = min(a, k), max(b, k)
	}
	return math.Float64frombits(uint64(ordered(a))), math.Float64frombits(uint64(ordered(b)))
}

// ordered turns the bits of a number into an integer of the same order, and back.
func ordered(bits int64) int64 { return bits ^ int64(uint64(bits>>63)>>1) }

// Extremes returns the lowest and highest value of the points i..j-1; j > i.
func (p *Pyramid) Extremes(i, j int) (lo, hi float64) {
	if lo, hi = p.widen(0, i, j, math.Inf(1), math.Inf(-1)); lo > hi { // nothing but NaN
		return p.Min[i], p.Max[i]
	}
	return lo, hi
}

// widen widens lo and hi by the entries i..j-1 of a level, 0 being the points:
// first by those that the next level stands for, then by what is left at both
// ends unless the next level knows that this changes nothing. Mostly so it is,
// and the points of a long series, which no cache holds, are left alone.
func (p *Pyramid) widen(l, i, j int, lo, hi float64) (float64, float64) {
	mins, maxs := p.Min, p.Max
	if l > 0 {
		mins, maxs = p.levels[l-1].min, p.levels[l-1].max
	}
	if j-i < 2*fanout || l == len(p.levels) {
		return scan(mins[i:j], maxs[i:j], lo, hi)
	}
	a, b := (i+fanout-1)&^(fanout-1), j&^(fanout-1)
	lo, hi = p.widen(l+1, a>>fanoutBits, b>>fanoutBits, lo, hi)
	next := &p.levels[l]
	if g := i >> fanoutBits; i < a && (next.min[g] < lo || next.max[g] > hi) {
		lo, hi = scan(mins[i:a], maxs[i:a], lo, hi)
	}
	if g := b >> fanoutBits; b < j && (next.min[g] < lo || next.max[g] > hi) {
		lo, hi = scan(mins[b:j], maxs[b:j], lo, hi)
	}
	return lo, hi
}

// scan widens lo and hi by what it sees. New extremes are rare, so that plain
// comparisons beat min and max here.
func scan(mins, maxs []float64, lo, hi float64) (float64, float64) {
	maxs = maxs[:len(mins)]
	for i, v := range mins {
		if v < lo {
			lo = v
		}
		if w := maxs[i]; w > hi {
			hi = w
		}
	}
	return lo, hi
}

// Seek returns the first index from i on whose time is t or later. It gallops
// from the guess, so a walk along the series costs little at each step.
func (p *Pyramid) Seek(i, guess int, t int64) int {
	n := len(p.Times)
	lo, hi := i, n // the answer lies in [lo, hi]
	at, step := min(max(guess, i), n), 1
	if at < n && p.Times[at] < t {
		for lo = at + 1; ; step <<= 1 {
			if at += step; at >= n {
				break
			}
			if p.Times[at] >= t {
				hi = at
				break
			}
			lo = at + 1
		}
	} else {
		for hi = at; ; step <<= 1 {
			if at -= step; at < i {
				break
			}
			if p.Times[at] < t {
				lo = at + 1
				break
			}
			hi = at
		}
	}
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); p.Times[m] < t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// ExtremesIn returns the extremes of the points inside r; ok is false when
// there are none.
func (p *Pyramid) ExtremesIn(r Range) (lo, hi float64, ok bool) {
	i, j := r.Indexes(p.Times)
	if i >= j {
		return 0, 0, false
	}
	lo, hi = p.Extremes(i, j)
	return lo, hi, true
}
