package forecast

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/metric"
)

// Options say what is forecast and how.
type Options struct {
	Horizon int           // in steps; 0: Span, or 48
	Span    time.Duration // the horizon as a time; used when Horizon is 0
	Step    metric.Step   // zero: found in the data
	Model   string        // one of Models; "" is auto
	Level   float64       // of the interval that is asked for; 0 is 0.8
	Seed    uint64
	Config  []byte // options of the model: for prophet, its constructor's names as JSON
}

// DefaultHorizon is how many steps are forecast when nobody says.
const DefaultHorizon = 48

// maxHorizon keeps a mistyped horizon from filling the memory.
const maxHorizon = 1_000_000

// maxAhead is how far it may reach, in microseconds: two thousand years.
const maxAhead = 2000 * 31556952e6

// ModelInfo is a model that can be asked for by name.
type ModelInfo struct {
	Name string
	Text string // what it is, for a person choosing
}

// Models are the models that can be asked for; the first is the default.
var Models = []ModelInfo{
	{"auto", "Combines what was right on this series before"},
	{"prophet", "Trend, seasons and holidays (Prophet's model)"},
	{"autoregression", "Ridge regression on earlier values"},
	{"smoothing", "Double-seasonal exponential smoothing"},
	{"theta", "Theta method"},
	{"profile", "Time-of-day profile with the present level"},
	{"median", "Median of the last hours"},
	{"seasonal-naive", "The same time one season ago"},
	{"naive", "The last value"},
}

// check completes the options, or says what is wrong with them.
func (o Options) check() (Options, error) {
	o.Model = cmp.Or(o.Model, Models[0].Name)
	o.Level = cmp.Or(o.Level, 0.8)
	switch {
	case !slices.ContainsFunc(Models, func(m ModelInfo) bool { return m.Name == o.Model }):
		return o, fmt.Errorf("there is no model %q; choose one of %s", o.Model, strings.Join(modelNames(), ", "))
	case !(o.Level > 0 && o.Level < 1):
		return o, fmt.Errorf("the interval %v is not between 0 and 1; write 0.8 for 80 %%", o.Level)
	case o.Horizon < 0 || o.Span < 0:
		return o, fmt.Errorf("the horizon must not be negative")
	}
	return o, nil
}

func modelNames() []string {
	names := make([]string, len(Models))
	for i, m := range Models {
		names[i] = m.Name
	}
	return names
}

// horizon is the number of steps to forecast.
func (o Options) horizon(step metric.Step) (int, error) {
	n := o.Horizon
	if n == 0 && o.Span > 0 {
		n = int((o.Span.Microseconds() + step.Micros() - 1) / step.Micros())
	}
	n = cmp.Or(n, DefaultHorizon)
	if n > maxHorizon || n > int(maxAhead/step.Micros()) {
		return 0, fmt.Errorf("a horizon of %d steps of %v is too long; at most %d", n, step, min(maxHorizon, maxAhead/step.Micros()))
	}
	return n, nil
}
