package capacity

import (
	"math"
	"slices"
	"time"

	"aiops/metric"
)

// mostSteps is how many steps a horizon has at most before points are put
// together: 90 days by the hour.
const mostSteps = 2160

// Coarse is a series made ready for a long horizon.
type Coarse struct {
	metric.Series
	Step metric.Step // zero: the points as they are
	How  string      // "hourly maximum", "daily mean"; empty: the points as they are
}

var lengths = []struct {
	step metric.Step
	name string
}{
	{metric.Step{N: 1, Unit: metric.StepHour}, "hourly"},
	{metric.Step{N: 1, Unit: metric.StepDay}, "daily"},
	{metric.Step{N: 1, Unit: metric.StepWeek}, "weekly"},
}

// fewest is how many coarse steps must be left to forecast from.
const fewest = 14

// Coarsen puts the points of a series together where a horizon would have more
// than a few thousand of its steps. A metric that moves little within a day,
// such as a disk's usage, becomes daily means; of any other the extreme that
// counts is kept, the maximum of each hour or day, or the minimum if the
// threshold lies below, so that a peak that reaches it is still there. A span
// whose points are not over yet is left out.
func Coarsen(s metric.Series, span time.Duration, t Threshold) Coarse {
	step := metric.FindStep(s.Times)
	if step.Zero() || metric.Micros(span)/step.Micros() <= mostSteps {
		return Coarse{Series: s}
	}
	if slow(s) {
		if c, ok := put(s, step, lengths[1].step, mean); ok {
			c.How = "daily mean"
			return c
		}
	}
	join, name := slices.Max[[]float64], " maximum"
	if t.Below {
		join, name = slices.Min[[]float64], " minimum"
	}
	for _, l := range lengths {
		if l.step.Micros() <= step.Micros() || metric.Micros(span)/l.step.Micros() > mostSteps {
			continue
		}
		if c, ok := put(s, step, l.step, join); ok {
			c.How = l.name + name
			return c
		}
		break
	}
	return Coarse{Series: s}
}

// put joins the points of each bucket; a bucket's time is that of its last
// point, so that between two buckets lies the time of the second.
func put(s metric.Series, fine, coarse metric.Step, join func([]float64) float64) (Coarse, bool) {
	length, last := coarse.Micros(), s.Times[s.Len()-1]
	out := metric.Series{Key: s.Key}
	for i := 0; i < s.Len(); {
		start := floor(s.Times[i], length)
		j := i
		for j < s.Len() && s.Times[j] < start+length {
			j++
		}
		if at := start + length - fine.Micros(); at <= last+fine.Micros()/2 {
			out.Times, out.Values = append(out.Times, at), append(out.Values, join(s.Values[i:j]))
		}
		i = j
	}
	return Coarse{Series: out, Step: coarse}, out.Len() >= fewest
}

func floor(t, length int64) int64 {
	b := t - t%length
	if b > t {
		b -= length
	}
	return b
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x / float64(len(v)) // huge values do not overflow
	}
	return sum
}

// slow reports whether a series moves much less within a day than over all its days.
func slow(s metric.Series) bool {
	var within, means []float64
	const day = int64(86400e6)
	for i := 0; i < s.Len(); {
		end := floor(s.Times[i], day) + day
		j := i
		for j < s.Len() && s.Times[j] < end {
			j++
		}
		within = append(within, slices.Max(s.Values[i:j])-slices.Min(s.Values[i:j]))
		means = append(means, mean(s.Values[i:j]))
		i = j
	}
	if len(means) < fewest {
		return false
	}
	slices.Sort(within)
	overall := slices.Max(means) - slices.Min(means)
	return within[len(within)/2] <= overall/4 && !math.IsInf(overall, 0)
}
