package forecast

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/metric"
)

// nan is no observation.
var nan = math.NaN()

// Grid is a series on a regular grid of times.
type Grid struct {
	Step    metric.Step
	Times   []int64
	Values  []float64 // holes are filled
	Filled  int       // how many
	Missing []bool    // which; nil: none

	raw  metric.Series // the points as they are, for models that need no grid
	left string        // what was left out, for a person
}

// Prepare puts a series on its grid: values between grid times go to the
// nearest one (their mean where several do), holes are filled linearly.
func Prepare(s metric.Series, step metric.Step) (Grid, error) {
	if s.Len() == 0 {
		return Grid{}, errors.New("the series has no points in the range; choose a longer one")
	}
	if step.Zero() {
		step = metric.FindStep(s.Times)
	}
	if step.Zero() {
		return Grid{}, errors.New("one point does not tell how often there is one; name the step, such as 5m")
	}
	s, left := afterGap(s, step)
	first, last := s.Times[0], s.Times[s.Len()-1]
	if n := (last-first)/step.Micros() + 1; n > 50_000_000 || tooSparse(n, s.Len()) {
		return Grid{}, fmt.Errorf("a step of %v makes %d points of this series; choose a longer one", step, n)
	}
	g := Grid{Step: step, raw: s, left: left}
	var sum float64
	var count, i int
	for t, k := first, 0; t <= last+step.Micros()/2; k++ {
		next := step.Add(first, k+1)
		for sum, count = 0, 0; i < s.Len() && s.Times[i] < t+(next-t+1)/2; i++ {
			if v := s.Values[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum += v
				count++
			}
		}
		v := math.NaN()
		if count > 0 {
			v = sum / float64(count)
		}
		g.Times, g.Values = append(g.Times, t), append(g.Values, v)
		t = next
	}
	g.trim()
	g.fill()
	if len(g.Values) == 0 {
		return g, errors.New("the series has no finite values")
	}
	return g, nil
}

// tooSparse reports whether a grid of n times is out of proportion to its points.
func tooSparse(n int64, points int) bool { return n > 1_000_000 && n/20 > int64(points) }

// afterGap leaves out what came before a gap so long that to fill it would take
// the memory and teach nothing: a year in a series of seconds.
func afterGap(s metric.Series, step metric.Step) (rest metric.Series, left string) {
	last := s.Len() - 1
	steps := func(i int) int64 { return (s.Times[last]-s.Times[i])/step.Micros() + 1 }
	if !tooSparse(steps(0), s.Len()) || metric.FindStep(s.Times).Micros()/20 > step.Micros() {
		return s, "" // the latter is a step that does not fit the series
	}
	i := last
	for i > 0 && !tooSparse(steps(i-1), s.Len()-i+1) {
		i--
	}
	gap := float64(s.Times[i]-s.Times[i-1]) / 3600e6
	left = fmt.Sprintf("The %d points before a gap of %.0f hours, which ended on %s, were left out.", i, gap, metric.Time(s.Times[i]).Format("2 Jan 2006 15:04"))
	return s.Slice(metric.Range{From: s.Times[i], To: math.MaxInt64}), left
}

// until is the grid as it was when it had n values: a hole at its end is filled
// with what was known then.
func (g Grid) until(n int) Grid {
	g.raw = g.raw.Slice(metric.Range{From: g.Times[0], To: g.Times[n-1] + 1})
	end := n
	for g.Missing != nil && end > 1 && g.Missing[end-1] {
		end--
	}
	g.Times, g.Values, g.Missing = g.Times[:n], g.Values[:n], nil
	if end < n {
		g.Values = append(slices.Clone(g.Values[:end]), slices.Repeat(g.Values[end-1:end], n-end)...)
	}
	return g
}

// trim drops what is empty at both ends.
func (g *Grid) trim() {
	i, j := 0, len(g.Values)
	for i < j && math.IsNaN(g.Values[i]) {
		i++
	}
	for j > i && math.IsNaN(g.Values[j-1]) {
		j--
	}
	g.Times, g.Values = g.Times[i:j], g.Values[i:j]
}

// fill draws a straight line over each hole.
func (g *Grid) fill() {
	for i := 0; i < len(g.Values); i++ {
		if !math.IsNaN(g.Values[i]) {
			continue
		}
		j := i
		for math.IsNaN(g.Values[j]) {
			j++
		}
		if g.Missing == nil {
			g.Missing = make([]bool, len(g.Values))
		}
		a, b := g.Values[i-1], g.Values[j]
		for k := i; k < j; k++ {
			g.Values[k] = a + (b-a)*float64(k-i+1)/float64(j-i+1)
			g.Missing[k] = true
			g.Filled++
		}
		i = j
	}
}
