package metric

import (
	"math"
	"slices"
)

// FindStep finds the step of ascending times: the commonest distance, or
// months, quarters, years and business days where the distances are theirs.
func FindStep(times []int64) Step {
	if len(times) < 2 {
		return Step{}
	}
	if s, ok := calendarStep(times); ok {
		return s
	}
	common := commonDistance(times)
	if common == 86400e6 && onlyWeekdays(times) {
		return Step{1, StepBusiness}
	}
	return StepOf(common)
}

// calendarStep finds months, quarters and years, whose lengths differ. Nine in
// ten distances must be theirs, and for months not all of them four weeks.
func calendarStep(times []int64) (Step, bool) {
	d := make([]float64, len(times)-1) // in days
	for i := range d {
		d[i] = float64(times[i+1]-times[i]) / 86400e6
	}
	slices.Sort(d)
	most, few := len(d)-1, (len(d)+5)/10
	least, common, longest := d[min(few, most/2)], d[most/2], d[max(most-few, most/2)]
	switch {
	case least >= 364.9 && longest <= 366.1:
		return Step{1, StepYear}, true
	case least >= 89.9 && longest <= 92.1:
		return Step{3, StepMonth}, true
	case least >= 27.9 && longest <= 31.1 && (longest > 28.1 || monthly(times)):
		return Step{1, StepMonth}, true
	case common >= 29.9 && common <= 31.1 && least >= 27.9 && monthly(times): // months with gaps
		return Step{1, StepMonth}, true
	}
	return Step{}, false
}

// commonDistance is the distance that occurs most often; of equally common
// ones the shortest. Distances are taken to the nearest second where nearly all
// of them are seconds or longer.
func commonDistance(times []int64) int64 {
	d := make([]int64, 0, len(times)-1)
	for i := 1; i < len(times); i++ {
		x := times[i] - times[i-1]
		if x >= 10e6 {
			x = (x + 5e5) / 1e6 * 1e6
		}
		if x > 0 {
			d = append(d, x)
		}
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	best, bestRun := d[len(d)/2], 0
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && d[j] == d[i] {
			j++
		}
		if j-i > bestRun {
			best, bestRun = d[i], j-i
		}
		i = j
	}
	if bestRun*10 < len(d) { // jittered times have no common distance: the median tells more
		best = rounded(d[len(d)/2])
	}
	return best
}

// rounded takes a jittered distance to a natural one within 5 %.
func rounded(d int64) int64 {
	for _, m := range []int64{1e6, 5e6, 10e6, 15e6, 30e6, 60e6, 120e6, 300e6, 600e6, 900e6, 1800e6, 3600e6, 7200e6, 21600e6, 43200e6, 86400e6} {
		if math.Abs(float64(d-m)) <= 0.05*float64(m) {
			return m
		}
	}
	return d
}

func monthly(times []int64) bool {
	for _, t := range times {
		if Time(t).Day() != Time(times[0]).Day() {
			return false
		}
	}
	return true
}

// onlyWeekdays reports whether daily times keep out of weekends for at least a fortnight.
func onlyWeekdays(times []int64) bool {
	if times[len(times)-1]-times[0] < 13*86400e6 {
		return false
	}
	for _, t := range times {
		if weekend(t) {
			return false
		}
	}
	return true
}
