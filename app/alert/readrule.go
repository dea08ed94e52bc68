package alert

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"aiops/metric"
)

// rule reads one rule; ok is false where not even a name is there.
func (r *reader) rule(n *yaml.Node, place string) (Rule, bool) {
	o := r.object(n, place)
	if o == nil {
		return Rule{}, false
	}
	if v := o.values["name"]; v != nil && v.Kind == yaml.ScalarNode && v.Value != "" {
		o.name = "rule " + v.Value
	}
	rule := Rule{Line: n.Line, Name: o.text("name", "a name"), Kind: Kind(o.oneOf("kind", kindNames()...))}
	if !o.has("name") {
		o.fail("name", "is missing; add `name: high-cpu`")
	}
	if !o.has("kind") {
		o.fail("kind", "is missing; add one of %v, such as `kind: threshold`", kindNames())
	}
	rule.VM, rule.Metric = o.list("vm", "a name or a pattern such as web-*"), o.list("metric", "a name or a pattern such as disk_*")
	rule.Severity = metric.Severity(o.oneOf("severity", string(metric.Critical), string(metric.Warning), string(metric.Info)))
	if rule.Severity == "" {
		rule.Severity = metric.Warning
	}
	rule.Labels, rule.Notify = o.pairs("labels"), o.list("notify", "the name of a channel")
	rule.Summary = o.text("summary", "a sentence")
	if err := checkSummary(rule.Summary, rule.Labels); err != nil {
		o.fail("summary", "%v", err)
	}
	o.condition(&rule)
	o.duration(&rule)
	o.misplaced(rule.Kind)
	o.done()
	return rule, rule.Name != ""
}

func kindNames() []string {
	var out []string
	for _, k := range Kinds {
		out = append(out, string(k))
	}
	return out
}

// fieldsOf are the fields that only some kinds have.
var fieldsOf = map[string][]Kind{
	"above": {Threshold, Forecast}, "below": {Threshold, Forecast}, "resolve": {Threshold},
	"horizon": {Forecast}, "probability": {Forecast},
	"score": {Anomaly, VMAnomaly}, "direction": {Anomaly}, "share": {VMAnomaly},
	"keep":  {Threshold, Forecast, Anomaly, VMAnomaly},
	"times": {Threshold, Anomaly, VMAnomaly}, "within": {Threshold, Anomaly, VMAnomaly},
}

// misplaced reports fields that another kind of rule has.
func (o *object) misplaced(k Kind) {
	for _, key := range o.keys {
		kinds, ok := fieldsOf[key.Value]
		if !ok {
			continue
		}
		o.known = append(o.known, key.Value)
		if k != "" && !slices.Contains(kinds, k) {
			o.fail(key.Value, "does not go with kind %s, only with %v; remove it", k, kinds)
		}
	}
}

// condition reads what makes the rule true.
func (o *object) condition(r *Rule) {
	switch r.Kind {
	case Threshold, Forecast:
		o.bounds(r)
	case Anomaly:
		r.Score, r.Direction = o.share("score"), o.oneOf("direction", "up", "down")
		if r.Score == 0 {
			r.Score = 0.5
		}
	case VMAnomaly:
		r.Score, r.Share = o.share("score"), o.share("share")
		if r.Score > 0 && r.Share > 0 {
			o.fail("share", "and score are both there; decide for one of them, or make two rules")
		}
		if r.Score == 0 && r.Share == 0 {
			r.Score = 0.5
		}
	}
	if r.Kind != Forecast {
		return
	}
	r.Horizon, r.Probability = o.span("horizon"), o.share("probability")
	if !o.has("horizon") {
		o.fail("horizon", "is missing; add how far ahead, such as `horizon: 24h`")
	}
	if !o.has("probability") {
		r.Probability = 0.8
	}
}

func (o *object) bounds(r *Rule) {
	r.Above, r.Below = o.number("above"), o.number("below")
	switch {
	case !o.has("above") && !o.has("below"):
		o.fail("above", "is missing, and below too; add one of them, such as `above: 90`")
	case r.Above != nil && r.Below != nil && *r.Below >= *r.Above:
		o.fail("below", "%v is not less than above %v, so every value would do; exchange them", *r.Below, *r.Above)
	}
	if r.Kind != Threshold {
		return
	}
	r.Resolve = o.number("resolve")
	switch {
	case r.Resolve == nil:
	case r.Above != nil && r.Below != nil:
		o.fail("resolve", "goes with one bound; remove it, or make two rules of this one")
	case r.Above != nil && *r.Resolve > *r.Above:
		o.fail("resolve", "%v lies above the threshold %v; write a value below it", *r.Resolve, *r.Above)
	case r.Below != nil && *r.Resolve < *r.Below:
		o.fail("resolve", "%v lies below the threshold %v; write a value above it", *r.Resolve, *r.Below)
	}
}

// duration reads for how long, or how often, it must be true.
func (o *object) duration(r *Rule) {
	r.For = o.span("for")
	if r.Kind == NoData && !o.has("for") {
		o.fail("for", "is missing; add how long nothing may come, such as `for: 15m`")
	}
	if r.Kind != NoData {
		r.Keep = o.span("keep")
	}
	if r.Kind != Threshold && r.Kind != Anomaly && r.Kind != VMAnomaly {
		return
	}
	const mostTimes = 10_000
	r.Times, r.Within = o.count("times", 1, mostTimes), o.span("within")
	if o.has("times") != o.has("within") {
		o.fail("within", "and times go together: `times: 3` and `within: 30m`")
	}
}
