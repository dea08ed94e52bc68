package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"aiops/metric"
)

// Kind says what a rule looks at.
type Kind string

// The kinds of rules.
const (
	Threshold Kind = "threshold"  // the value
	Forecast  Kind = "forecast"   // what is predicted
	Anomaly   Kind = "anomaly"    // how unusual a point is
	VMAnomaly Kind = "vm_anomaly" // how unusual a whole VM is
	NoData    Kind = "no_data"    // that nothing comes
)

// Kinds are all of them, in the order that people are told.
var Kinds = []Kind{Threshold, Forecast, Anomaly, VMAnomaly, NoData}

// Rule is one rule; it stands for every series that its patterns select. Times
// are in microseconds.
type Rule struct {
	Name   string   `json:"name"`
	Kind   Kind     `json:"kind"`
	VM     Patterns `json:"vm,omitempty"`
	Metric Patterns `json:"metric,omitempty"`

	Above   *float64 `json:"above,omitempty"`   // threshold, forecast
	Below   *float64 `json:"below,omitempty"`   //
	Resolve *float64 `json:"resolve,omitempty"` // threshold: over only at this value

	Horizon     int64   `json:"horizon,omitempty"`     // forecast: how far ahead
	Probability float64 `json:"probability,omitempty"` // forecast: how sure, 0..1

	Score     float64 `json:"score,omitempty"`     // anomaly, vm_anomaly: from this score on
	Direction string  `json:"direction,omitempty"` // anomaly: up, down; empty: both
	Share     float64 `json:"share,omitempty"`     // vm_anomaly: so many of the VM's metrics at once, 0..1

	For    int64 `json:"for,omitempty"`    // that long without a break; no_data: nothing for so long
	Keep   int64 `json:"keep,omitempty"`   // it stays firing until it was over for so long
	Times  int   `json:"times,omitempty"`  // so many times
	Within int64 `json:"within,omitempty"` // in so long a time

	Severity metric.Severity   `json:"severity"`
	Labels   map[string]string `json:"labels,omitempty"`
	Summary  string            `json:"summary,omitempty"` // a sentence with {{vm}}, {{value}} ...
	Notify   []string          `json:"notify,omitempty"`  // names of channels; none: all of them

	Line int `json:"-"` // in its file
}

// Takes reports whether the rule stands for the series.
func (r Rule) Takes(k metric.Key) bool { return r.VM.Match(k.VM) && r.Metric.Match(k.Metric) }

// WholeVM reports whether the rule is about VMs instead of single series.
func (r Rule) WholeVM() bool { return r.Kind == VMAnomaly }

// Hash changes when the rule does.
func (r Rule) Hash() string {
	text, err := json.Marshal(r)
	if err != nil { // a threshold that is not finite, which no file can hold
		text = []byte(r.Name)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// lookback is how much of the past decides what the rule says now.
func (r Rule) lookback() int64 { return max(r.For, r.Within, r.Keep) }
