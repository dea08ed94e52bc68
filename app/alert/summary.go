package alert

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aiops/metric"
)

// placeholders are what a summary can name, besides label.NAME.
var placeholders = []string{"rule", "vm", "metric", "value", "threshold", "severity", "for", "time"}

var braces = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// checkSummary says what is wrong with a summary's text.
func checkSummary(text string, labels map[string]string) error {
	for _, m := range braces.FindAllStringSubmatch(text, -1) {
		name := m[1]
		if l, ok := strings.CutPrefix(name, "label."); ok {
			if _, ok := labels[l]; !ok {
				return fmt.Errorf("names the label %q, which the rule has not; add it below labels", l)
			}
			continue
		}
		if !slices.Contains(placeholders, name) {
			return fmt.Errorf("names {{%s}}, which is not known; write {{%s}} or {{label.NAME}}", name, strings.Join(placeholders, "}}, {{"))
		}
	}
	if rest := braces.ReplaceAllString(text, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fmt.Errorf("has braces without a partner; write {{value}}")
	}
	return nil
}

// summary is the rule's sentence about a transition.
func (r Rule) summary(k metric.Key, at int64, to metric.AlertState, value float64) string {
	text := r.Summary
	switch {
	case text == "" && to == metric.Resolved:
		text = r.relief(value)
	case text == "":
		text = r.sentence()
	case to == metric.Resolved:
		text = "Resolved: " + text
	}
	return braces.ReplaceAllStringFunc(text, func(m string) string {
		name := braces.FindStringSubmatch(m)[1]
		switch name {
		case "rule":
			return r.Name
		case "vm":
			return k.VM
		case "metric":
			return k.Metric
		case "value":
			return r.valueText(k, value)
		case "threshold":
			return r.thresholdText(k)
		case "severity":
			return string(r.Severity)
		case "for":
			return FormatSpan(r.For)
		case "time":
			return metric.Time(at).Format("2006-01-02 15:04 UTC")
		}
		return r.Labels[strings.TrimPrefix(name, "label.")]
	})
}

// sentence is the summary of a rule that has none.
func (r Rule) sentence() string {
	switch r.Kind {
	case Forecast:
		return "{{vm}} {{metric}} will be {{threshold}} within " + FormatSpan(r.Horizon) + " with a probability of {{value}}"
	case Anomaly:
		return "{{vm}} {{metric}} is unusual: score {{value}}"
	case VMAnomaly:
		if r.Share > 0 {
			return "{{vm}}: {{value}} of the metrics are unusual"
		}
		return "{{vm}} behaves unusually: score {{value}}"
	case NoData:
		return "{{vm}} {{metric}} has sent nothing for {{for}}"
	}
	return "{{vm}} {{metric}} is {{value}}, {{threshold}}"
}

// relief is the summary of such a rule when it is over.
func (r Rule) relief(value float64) string {
	switch {
	case r.Kind == NoData:
		return "{{vm}} {{metric}} sends again"
	case math.IsNaN(value):
		return "{{vm}} {{metric}} sends nothing any more"
	case r.Kind == Forecast:
		return "{{vm}} {{metric}} will be {{threshold}} with a probability of {{value}} only"
	case r.Kind == Anomaly:
		return "{{vm}} {{metric}} is usual again: score {{value}}"
	case r.Kind == VMAnomaly && r.Share > 0:
		return "{{vm}}: only {{value}} of the metrics are unusual"
	case r.Kind == VMAnomaly:
		return "{{vm}} behaves as usual again: score {{value}}"
	}
	return "{{vm}} {{metric}} is {{value}} again"
}

func (r Rule) valueText(k metric.Key, v float64) string {
	switch {
	case math.IsNaN(v):
		return "unknown"
	case r.Kind == Forecast, r.Kind == VMAnomaly && r.Share > 0:
		return strconv.FormatFloat(100*v, 'f', 0, 64) + " %"
	case r.Kind == Anomaly, r.Kind == VMAnomaly:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return metric.UnitOf(k.Metric).Format(v)
}

func (r Rule) thresholdText(k metric.Key) string {
	var parts []string
	u := metric.UnitOf(k.Metric)
	if r.Above != nil {
		parts = append(parts, "above "+u.Format(*r.Above))
	}
	if r.Below != nil {
		parts = append(parts, "below "+u.Format(*r.Below))
	}
	switch {
	case r.Score > 0:
		parts = append(parts, strconv.FormatFloat(r.Score, 'f', 2, 64))
	case r.Share > 0:
		parts = append(parts, strconv.FormatFloat(100*r.Share, 'f', 0, 64)+" %")
	}
	return strings.Join(parts, " or ")
}
