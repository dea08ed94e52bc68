package forecast

// decompose divides history and forecast, whose times are at, into a trend and the seasons' mean
// shapes, so that a person sees what the forecast goes on with.
func (m Model) decompose(at []int64, y, ahead []float64) []Component {
	short := m.Auto.Short
	n := len(y)
	if n < 4 {
		return nil
	}
	all := append(append(make([]float64, 0, n+len(ahead)), y...), ahead...)
	window := short
	switch {
	case m.Auto.Long > 1 && n >= 3*m.Auto.Long: // otherwise every weekend would be a dip of the trend
		window = m.Auto.Long
	case short < 2:
		window = max(3, n/10)
	}
	trend := centred(all, window)
	rest := minus(all, trend)
	var out []Component
	for _, s := range []int{short, m.Auto.Long} {
		if s < 2 || n < 2*s {
			continue
		}
		shape := meanShape(rest, s, n)
		values := make([]float64, len(all))
		for i := range values {
			values[i] = shape[i%s]
		}
		rest = minus(rest, values)
		out = append(out, Component{Name: seasonName(m.period(s)), Period: int64(s) * m.Step.Micros(), Times: at, Values: values})
	}
	out = append([]Component{{Name: "trend", Times: at, Values: trend}}, out...)
	return thinned(out, n)
}

func seasonName(period string) string {
	switch period {
	case "day":
		return "daily"
	case "week":
		return "weekly"
	case "year":
		return "yearly"
	case "hour":
		return "hourly"
	}
	return "every " + period
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// centred is the mean of the window about each place, the outer two of an even
// window's places with half the weight. At both ends, where there is no whole
// window, it goes on along the line that it came.
func centred(y []float64, window int) []float64 {
	n := len(y)
	half := min(window, n-1) / 2
	sums := make([]float64, n+1)
	for i, v := range y {
		sums[i+1] = sums[i] + v
	}
	out := make([]float64, n)
	for i := half; i < n-half; i++ {
		out[i] = (sums[i+half+1] - sums[i-half]) / float64(2*half+1)
		if window%2 == 0 && half > 0 {
			out[i] = (sums[i+half] - sums[i-half] + sums[i+half+1] - sums[i-half+1]) / float64(4*half)
		}
	}
	first, last := half, n-1-half
	run := min(window, last-first)
	for i := range half {
		out[i], out[n-1-i] = out[first], out[last]
		if run > 0 {
			out[i] -= (out[first+run] - out[first]) / float64(run) * float64(first-i)
			out[n-1-i] += (out[last] - out[last-run]) / float64(run) * float64(first-i)
		}
	}
	return out
}

// meanShape is the mean at each place in the season over the first n values, about zero.
func meanShape(y []float64, season, n int) []float64 {
	shape := make([]float64, season)
	for i := range n {
		shape[i%season] += y[i] / (float64((n - i%season + season - 1) / season))
	}
	var mean float64
	for _, v := range shape {
		mean += v / float64(season)
	}
	for k := range shape {
		shape[k] -= mean
	}
	return shape
}

// thinned leaves out points of a long history (of the first n), alike in all components.
func thinned(c []Component, n int) []Component {
	stride := 1 + n/shownHistory
	if stride == 1 {
		return c
	}
	for k := range c {
		var times []int64
		var values []float64
		for i := range c[k].Times {
			if i%stride == 0 || i >= n {
				times, values = append(times, c[k].Times[i]), append(values, c[k].Values[i])
			}
		}
		c[k].Times, c[k].Values = times, values
	}
	return c
}
