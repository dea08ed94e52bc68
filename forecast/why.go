package forecast

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aiops/metric"
)

// why says in one sentence what a model is made of and how it did; from is the
// time of the first point that it learnt from.
func (m Model) why(w []Weight, from int64) string {
	s := m.made(w)
	if m.Auto.Cut > 0 {
		s += fmt.Sprintf(", from what came after the level shift of %s", metric.Time(from).Format("2 Jan 15:04"))
	}
	return s + m.proof() + "."
}

// made tells the shares of the kinds of candidates, the largest first.
func (m Model) made(w []Weight) string {
	title := strings.ToUpper(m.Kind[:1]) + m.Kind[1:]
	if len(w) == 1 {
		return title + " chose " + m.kindOf(w[0].Name)
	}
	var kinds []Weight
	for _, c := range w {
		name := m.kindOf(c.Name)
		i := slices.IndexFunc(kinds, func(k Weight) bool { return k.Name == name })
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, Weight{Name: name})
		}
		kinds[i].Share += c.Share
	}
	slices.SortStableFunc(kinds, func(a, b Weight) int { return cmp.Compare(b.Share, a.Share) })
	var parts []string
	for _, k := range kinds[:min(3, len(kinds))] {
		parts = append(parts, fmt.Sprintf("%s (%.0f %%)", k.Name, 100*k.Share))
	}
	switch {
	case len(kinds) == 1:
		return fmt.Sprintf("%s combined %d forecasts by %s", title, len(w), kinds[0].Name)
	case len(kinds) > 3:
		return fmt.Sprintf("%s combined %s and others", title, strings.Join(parts, ", "))
	}
	last := len(parts) - 1
	return fmt.Sprintf("%s combined %s and %s", title, strings.Join(parts[:last], ", "), parts[last])
}

// kindOf says in a person's words what kind of forecast a candidate makes.
func (m Model) kindOf(candidate string) string {
	has := func(part string) bool { return strings.Contains(candidate, part) }
	switch {
	case candidate == "season before":
		return "the " + m.period(m.Seasons.Short) + " before"
	case candidate == "long season before":
		return "the " + m.period(m.Seasons.Long) + " before"
	case candidate == "naive":
		return "the last value"
	case has("median"):
		return "recent medians"
	case has("weeks"):
		return "the usual " + m.period(m.Seasons.Long)
	case has("profile"):
		return "the usual " + m.period(m.Seasons.Short)
	case has("regression"):
		return "regression on earlier values"
	case has("smoothing"):
		return "exponential smoothing"
	case candidate == "drift":
		return "the straight line from the first to the last value"
	case has("trend"):
		return "the trend of the last days"
	case candidate == "theta":
		return "the Theta method"
	}
	return candidate
}

// period names a season.
func (m Model) period(steps int) string {
	const hour, day = 3600_000_000, 86_400_000_000
	switch d := int64(steps) * m.Step.Micros(); {
	case d > 360*day:
		return "year"
	case d > 6*day && d < 8*day:
		return "week"
	case d > 23*hour && d < 25*hour:
		return "day"
	case d > 59*hour/60 && d < 61*hour/60:
		return "hour"
	}
	return span(m.Step, steps)
}

// proof compares the backtests with the seasonal naive's.
func (m Model) proof() string {
	if m.Scores.N == 0 {
		return "; there is not enough history to test it"
	}
	count := fmt.Sprintf("; in %d backtests its error was ", m.Auto.Origins)
	if m.Auto.Origins == 1 {
		count = "; in one backtest its error was "
	}
	if m.Naive.MAE == 0 {
		who := "the seasonal naive"
		if m.Scores.MAE == 0 {
			who = "it"
		}
		return strings.TrimSuffix(count, "its error was ") + who + " was always right"
	}
	switch r := m.Scores.MAE / m.Naive.MAE; {
	case r < 0.995:
		return count + fmt.Sprintf("%.0f %% below the seasonal naive's", 100*(1-r))
	case r > 1.005:
		return count + fmt.Sprintf("%.0f %% above the seasonal naive's", 100*(r-1))
	}
	return count + "the seasonal naive's"
}
