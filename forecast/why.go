package forecast

import (
	"fmt"
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

func (m Model) made(w []Weight) string {
	title := strings.ToUpper(m.Kind[:1]) + m.Kind[1:]
	var parts []string
	for _, c := range w[:min(3, len(w))] {
		parts = append(parts, fmt.Sprintf("%s (%.0f %%)", m.named(c.Name), 100*c.Share))
	}
	switch {
	case len(w) == 1:
		return title + " chose " + m.named(w[0].Name)
	case len(w) > 3:
		return fmt.Sprintf("%s combined %s and %d more", title, strings.Join(parts, ", "), len(w)-3)
	}
	last := len(parts) - 1
	return title + " combined " + strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// named is a candidate's name with the season's: "the day before".
func (m Model) named(candidate string) string {
	switch candidate {
	case "season before":
		return "the " + m.period(m.Seasons.Short) + " before"
	case "long season before":
		return "the " + m.period(m.Seasons.Long) + " before"
	case "naive":
		return "the last value"
	}
	if name, ok := m.translated(candidate); ok {
		return name
	}
	if k, ok := strings.CutPrefix(candidate, "median "); ok {
		var n int
		if _, err := fmt.Sscan(k, &n); err == nil {
			return "median of " + span(m.Step, n)
		}
	}
	return candidate
}

// translated is a name that speaks of a day or weeks where the season is none:
// "profile last hour" of monthly values is that of the last month.
func (m Model) translated(candidate string) (string, bool) {
	short, long := m.Auto.Short, m.Auto.Long
	profile, isProfile := strings.CutPrefix(candidate, "profile")
	rest, isWeeks := strings.CutPrefix(strings.TrimPrefix(candidate, "log "), "weeks")
	switch {
	case isProfile && m.period(short) != "day":
		ago := map[string]int{" last hour": max(1, short/24), " last quarter": max(1, short/4), " last day": short}
		return m.profile(short, profile, ago[profile]), true
	case candidate == "half profile" && m.period(short) != "day":
		return "half the profile of the " + m.period(short), true
	case isWeeks && rest != " regression" && m.period(long) != "week":
		ago := map[string]int{" last day": short, " last hours": max(1, short/8)}
		return m.profile(long, rest, ago[rest]), true
	case isWeeks && m.period(long) != "week":
		return "regression on the profile of the " + m.period(long), true
	}
	return "", false
}

func (m Model) profile(season int, rest string, ago int) string {
	name := "profile of the " + m.period(season)
	if rest != "" {
		name += " with the level of the last " + strings.TrimPrefix(span(m.Step, ago), "1 ")
	}
	return name
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
