package auto

import (
	"math"

	"aiops/forecast/level"
)

// shiftAt is the index from which the series keeps to a level that it never
// before kept to as long; 0 if there is none. What came before such a step
// misleads the backtests.
func shiftAt(y []float64, season int) int {
	n, k := len(y), max(3, season/24)
	if season < 24 || n < 2*season {
		return 0
	}
	recent, usual := level.MedianOf(y, k), level.MedianOf(y, 7*season)
	if recent == usual || math.Abs(recent-usual) < 4*spreadOf(y[max(0, n-7*season):], usual) {
		return 0
	}
	e := excursion{y, (recent + usual) / 2, recent > usual}
	r := e.length(n)
	if r < max(24, k) || season < fineSeason && r < 2*season || n-r < k || 2*r <= 3*e.longest(n-r) {
		return 0
	}
	before, after := level.MedianOf(y[:n-r], k), level.MedianOf(y[:n-r+k], k)
	if math.Abs(after-before) < math.Abs(recent-usual)/2 {
		return 0 // a drift, not a step
	}
	return n - r
}

// spreadOf is the median absolute deviation from a value.
func spreadOf(y []float64, from float64) float64 {
	d := make([]float64, len(y))
	for i, v := range y {
		d[i] = math.Abs(v - from)
	}
	return level.Median(d)
}

// excursion is being on one side of a limit.
type excursion struct {
	y     []float64
	limit float64
	above bool
}

// length is how long the series had been on that side before index end; up to
// two points in a row and one in three are forgiven.
func (e excursion) length(end int) int {
	misses, first := 0, end
	for i := end - 1; i >= 0; i-- {
		if v := e.y[i]; v != e.limit && (v > e.limit) == e.above {
			first = i
			misses = max(0, misses-1)
		} else if misses += 2; misses > 4 {
			break
		}
	}
	return end - first
}

// longest is the longest such time before index end.
func (e excursion) longest(end int) int {
	longest := 0
	for end > 0 {
		k := e.length(end)
		longest = max(longest, k)
		end -= max(1, k)
	}
	return longest
}
