package anomaly

import (
	"fmt"
	"math"
)

// Direction says which deviations matter.
type Direction string

// The directions.
const (
	Both Direction = ""
	Up   Direction = "up"
	Down Direction = "down"
)

// Options are what a person knows about a metric. The zero Options are good ones.
type Options struct {
	Sensitivity  float64   `json:"sensitivity,omitempty"` // 2: half the evidence is enough; 0 is 1
	Direction    Direction `json:"direction,omitempty"`
	MinDeviation float64   `json:"min_deviation,omitempty"` // from the expected value, in the metric's unit
	MinShare     float64   `json:"min_share,omitempty"`     // from the expected value, as a share of it
	Floor        *float64  `json:"floor,omitempty"`         // values from Floor to Ceiling are always normal
	Ceiling      *float64  `json:"ceiling,omitempty"`
	MinSteps     int       `json:"min_steps,omitempty"`    // how many points in a row must be unusual
	MinDuration  int64     `json:"min_duration,omitempty"` // for how many microseconds points must be unusual
	IgnoreGaps   bool      `json:"ignore_gaps,omitempty"`  // missing points are nothing unusual
}

// Check says what is wrong with the options.
func (o Options) Check() error {
	switch {
	case o.Sensitivity < 0 || math.IsNaN(o.Sensitivity) || math.IsInf(o.Sensitivity, 0):
		return fmt.Errorf("sensitivity %v is not a factor above 0; write 1 for the usual one, 2 to need half the evidence", o.Sensitivity)
	case o.Direction != Both && o.Direction != Up && o.Direction != Down:
		return fmt.Errorf("direction %q is not known; write up, down, or nothing for both", o.Direction)
	case !(o.MinDeviation >= 0 && o.MinShare >= 0):
		return fmt.Errorf("the least deviation must be a number that is not negative")
	case o.Floor != nil && o.Ceiling != nil && *o.Floor > *o.Ceiling:
		return fmt.Errorf("the floor %v lies above the ceiling %v", *o.Floor, *o.Ceiling)
	case o.MinSteps < 0 || o.MinDuration < 0:
		return fmt.Errorf("how long points must be unusual must not be negative")
	}
	return nil
}

// Factor is the sensitivity: the factor by which evidence counts.
func (o Options) Factor() float64 {
	if o.Sensitivity == 0 {
		return 1
	}
	return o.Sensitivity
}

// matters reports whether a point can be anomalous at all for what a person
// said of the metric.
func (o Options) matters(p Point, near *recent) bool {
	d := math.Abs(p.Value - p.Expected)
	switch {
	case o.Direction == Up && !near.up(p), o.Direction == Down && !near.down(p):
		return false
	case d < o.MinDeviation, d < o.MinShare*math.Abs(p.Expected):
		return false
	}
	if o.Floor == nil && o.Ceiling == nil {
		return true
	}
	return o.Floor != nil && p.Value < *o.Floor || o.Ceiling != nil && p.Value > *o.Ceiling
}
