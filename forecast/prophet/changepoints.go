package prophet

import (
	"fmt"
	"math"
	"slices"

	"aiops/metric"
)

// setChangepoints takes the given dates, or places n_changepoints evenly over
// the rows of the first changepoint_range of the history; fewer when the
// history is short.
func (m *Model) setChangepoints(times []int64) error {
	c := m.Config
	if c.Changepoints != nil {
		return m.giveChangepoints(times)
	}
	size := int(math.Floor(float64(len(times)) * c.ChangepointRange))
	n := min(c.NChangepoints, size-1)
	m.Changepoints = []int64{}
	for i := 1; i <= n; i++ {
		place := float64(size-1) / float64(n) * float64(i)
		if i == n {
			place = float64(size - 1)
		}
		m.Changepoints = append(m.Changepoints, times[int(math.RoundToEven(place))])
	}
	return nil
}

func (m *Model) giveChangepoints(times []int64) error {
	first, last := times[0], times[len(times)-1]
	m.Changepoints = make([]int64, len(m.Config.Changepoints))
	for i, d := range m.Config.Changepoints {
		if int64(d) < first || int64(d) > last {
			return fmt.Errorf("prophet: changepoints[%d], %s, lies outside the history, which runs from %s to %s",
				i, metric.Time(int64(d)), metric.Time(first), metric.Time(last))
		}
		m.Changepoints[i] = int64(d)
	}
	slices.Sort(m.Changepoints)
	return nil
}

// knots are the changepoints in the model's time. Without changepoints Prophet
// has one at 0, whose change is 0.
func (m *Model) knots() []float64 {
	if len(m.Changepoints) == 0 {
		return []float64{0}
	}
	out := make([]float64, len(m.Changepoints))
	for i, at := range m.Changepoints {
		out[i] = m.scaleTime(at)
	}
	return out
}
