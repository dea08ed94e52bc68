package charts

import (
	"math"

	"aiops/metric"
)

// valueAxis is the scale of a panel.
type valueAxis struct {
	lo, hi float64
	ticks  []float64
	labels []string
}

// maxLabels is how many labels an axis has at most; there are at least four
// where the height allows it.
const maxLabels = 6

// closestLabels is how near labels of a fixed axis may come, in pixels.
const closestLabels = 15

// newValueAxis finds a scale for data between lo and hi (lo > hi: no data).
// With fixed the ends stay as they are. height is the plot's, in pixels.
func newValueAxis(u metric.Unit, lo, hi float64, fixed bool, height float64) valueAxis {
	most := min(max(int(height/17)+1, 2), maxLabels)
	if fixed {
		a := valueAxis{lo: lo, hi: hi}
		step := firstStep(u, (hi-lo)/float64(most))
		for int(math.Floor(hi/step+1e-9)-math.Ceil(lo/step-1e-9))+1 > most || step*height < closestLabels*(hi-lo) && 2*step < hi-lo {
			step = nextStep(u, step)
		}
		a.fill(u, step)
		return a
	}
	zero := !(lo <= hi) || math.Abs(lo) < smallest && math.Abs(hi) < smallest
	lo, hi = widen(u, lo, hi)
	percent := u == metric.Percent && lo >= 0 && hi <= 100
	span, floor, ceil := hi-lo, math.Inf(-1), math.Inf(1)
	pad := span * 0.04
	if zero { // nothing to keep off the edges
		pad = 0
	}
	if lo >= 0 {
		floor = 0
	}
	if percent {
		ceil = 100
	}
	if lo >= 0 && lo < 0.4*hi {
		lo = 0
	}
	a := valueAxis{lo: max(lo-pad, floor), hi: min(hi+pad, ceil)}
	if lo == 0 {
		a.lo = 0
	}
	if a.lo < 0 && lo >= 0 {
		a.lo = 0
	}
	if percent && a.hi-a.lo > 50 {
		a.lo, a.hi = 0, 100
	}
	a.snap(u, most, floor, ceil)
	return a
}

// smallest is what is told from zero.
const smallest = 1e-290

// widen makes the range finite and wide enough for numbers that differ.
func widen(u metric.Unit, lo, hi float64) (float64, float64) {
	if !(lo <= hi) {
		if u == metric.Percent {
			return 0, 100
		}
		return 0, 1
	}
	const most = 1e306
	lo, hi = min(max(lo, -most), most), min(max(hi, -most), most)
	size := max(math.Abs(lo), math.Abs(hi))
	switch {
	case size < smallest:
		return 0, 1
	case lo == hi && u == metric.Percent && lo >= 0 && hi <= 100:
		return max(lo-5, 0), min(hi+5, 100)
	case lo == hi:
		return lo - 0.1*size, hi + 0.1*size
	case hi-lo < 1e-9*size:
		mid := lo/2 + hi/2
		return mid - 1e-9*size, mid + 1e-9*size
	}
	return lo, hi
}

// snap moves the ends to multiples of a step that makes at most that many labels,
// and adds a step or two where there would be fewer than four.
func (a *valueAxis) snap(u metric.Unit, most int, floor, ceil float64) {
	if a.lo < 0 && a.hi > 0 { // below, zero, above
		most = max(most, 3)
	}
	step := firstStep(u, (a.hi-a.lo)/float64(most))
	for {
		lo, hi := math.Floor(a.lo/step+1e-9), math.Ceil(a.hi/step-1e-9)
		n := hi - lo + 1
		if n <= float64(most) {
			for ; n < float64(min(4, most)); n++ {
				above, below := hi*step-a.hi, a.lo-lo*step
				if (hi+1)*step <= ceil && (above <= below || (lo-1)*step < floor) {
					hi++
				} else if (lo-1)*step >= floor {
					lo--
				}
			}
			a.lo, a.hi = lo*step, hi*step
			break
		}
		step = nextStep(u, step)
	}
	a.fill(u, step)
}

func (a *valueAxis) fill(u metric.Unit, step float64) {
	first, last := math.Ceil(a.lo/step-1e-9), math.Floor(a.hi/step+1e-9)
	for k := first; k <= last && len(a.ticks) < 2*maxLabels; k++ {
		v := k * step
		if step < 1 { // 3 x 0.1 is not 0.3
			if inv := math.Round(1 / step); inv < 1e15 && !u.Binary() {
				v = k / inv
			}
		}
		a.ticks = append(a.ticks, v)
	}
	a.labels = u.TickLabels(a.ticks, step)
}

// firstStep is the largest step of the unit's ladder that is at most raw: 1, 2
// or 5 times a power of ten, a power of two for bytes.
func firstStep(u metric.Unit, raw float64) float64 {
	if u.Binary() {
		return math.Exp2(math.Floor(math.Log2(raw)))
	}
	p := pow10(math.Floor(math.Log10(raw)))
	switch {
	case raw >= 5*p:
		return 5 * p
	case raw >= 2*p:
		return 2 * p
	}
	return p
}

func nextStep(u metric.Unit, step float64) float64 {
	if u.Binary() {
		return 2 * step
	}
	p := pow10(math.Floor(math.Log10(step * 1.0001)))
	switch r := step / p; {
	case r < 1.5:
		return 2 * p
	case r < 3:
		return 5 * p
	}
	return 10 * p
}

func pow10(e float64) float64 { return math.Pow(10, max(e, -300)) }
