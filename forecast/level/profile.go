package level

import (
	"math"
	"slices"
)

// Profile is what is usual at each place in a season, after y.
type Profile struct {
	values []float64
	at     int // length of y
}

// NewProfile takes the median over the last seasons at each place and smooths
// it by a running median of 2*reach+1 places.
func NewProfile(y []float64, season, seasons, reach int) Profile {
	n := len(y)
	raw := make([]float64, season)
	v := make([]float64, 0, seasons)
	for k := range raw {
		v = v[:0]
		for i := n - season + (k-n%season+season)%season; i >= 0 && len(v) < seasons; i -= season {
			v = append(v, y[i])
		}
		raw[k] = Median(v)
	}
	return Profile{smoothed(raw, reach), n}
}

// smoothed is the circular running median.
func smoothed(raw []float64, reach int) []float64 {
	reach = min(reach, (len(raw)-1)/2)
	if reach < 1 {
		return raw
	}
	n := len(raw)
	out := make([]float64, n)
	window := make([]float64, 0, 2*reach+1) // kept sorted
	for d := -reach; d <= reach; d++ {
		window = append(window, raw[(d+n)%n])
	}
	slices.Sort(window)
	for k := range out {
		out[k] = window[reach]
		drop, add := raw[(k-reach+n)%n], raw[(k+reach+1)%n]
		i, _ := slices.BinarySearch(window, drop)
		window = slices.Delete(window, i, i+1)
		i, _ = slices.BinarySearch(window, add)
		window = slices.Insert(window, i, add)
	}
	return out
}

// At is the profile h steps after the last point (h = 0 is the first one after it).
func (p Profile) At(h int) float64 { return p.values[(p.at+h)%len(p.values)] }

// Offset is the median of how far the last n values lie above the profile.
func (p Profile) Offset(y []float64, n int) float64 {
	n = min(n, len(y))
	d := make([]float64, n)
	s := len(p.values)
	for i := range d {
		k := len(y) - n + i
		d[i] = y[k] - p.values[((p.at-len(y)+k)%s+s)%s]
	}
	return Median(d)
}

// Forecast is the profile plus an offset that fades by the factor decay each step.
func (p Profile) Forecast(offset, decay float64, out []float64) {
	for h := range out {
		out[h] = p.At(h) + offset
		offset *= decay
	}
}

// Fading is the decay whose half-life is so many steps.
func Fading(halfLife float64) float64 { return math.Exp2(-1 / halfLife) }

// Value is the profile at index k of the series.
func (p Profile) Value(k int) float64 { return p.values[k%len(p.values)] }
