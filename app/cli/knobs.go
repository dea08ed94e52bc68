package cli

import (
	"errors"
	"time"

	"aiops/app"
	"aiops/app/config"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// knobs are what is known of the metrics for this run only.
type knobs struct {
	Sensitivity  float64       `name:"sensitivity" placeholder:"X" help:"2 needs half the evidence, 0.5 twice as much. This and the next ones hold for this run, in the place of the settings in detect.toml."`
	Direction    string        `name:"direction" enum:",up,down,both" default:"" help:"Which deviations matter: up, down, both."`
	MinDeviation string        `name:"min-deviation" placeholder:"5|10%" help:"From what is expected, in the metric's unit or as a share: less is not anomalous."`
	Floor        *float64      `name:"floor" placeholder:"X" help:"Values from the floor to the ceiling are always normal."`
	Ceiling      *float64      `name:"ceiling" placeholder:"X" help:"The upper end of what is always normal."`
	MinPoints    int           `name:"min-points" placeholder:"N" help:"So many points in a row must be unusual."`
	MinDuration  time.Duration `name:"min-duration" placeholder:"15m" help:"Points must be unusual for so long."`
	IgnoreGaps   bool          `name:"ignore-gaps" help:"Missing points are nothing unusual."`
}

// set reports whether a knob was turned.
func (k knobs) set() bool { return k != knobs{} }

// over puts the knobs that were turned over what is known of each metric.
func (k knobs) over(known func(metric.Key) anomaly.Options) (func(metric.Key) anomaly.Options, error) {
	var deviation any
	if k.MinDeviation != "" {
		deviation = k.MinDeviation
	}
	absolute, share, err := config.Deviation(deviation)
	if err != nil {
		return nil, usageError{err}
	}
	if err := k.on(anomaly.Options{}, absolute, share).Check(); err != nil {
		return nil, usageError{err}
	}
	return func(key metric.Key) anomaly.Options { return k.on(known(key), absolute, share) }, nil
}

func (k knobs) on(o anomaly.Options, absolute, share float64) anomaly.Options {
	if k.Sensitivity != 0 {
		o.Sensitivity = k.Sensitivity
	}
	if k.Direction != "" {
		o.Direction = anomaly.Direction(k.Direction)
		if k.Direction == "both" {
			o.Direction = anomaly.Both
		}
	}
	if k.MinDeviation != "" {
		o.MinDeviation, o.MinShare = absolute, share
	}
	if k.Floor != nil || k.Ceiling != nil {
		o.Floor, o.Ceiling = k.Floor, k.Ceiling
	}
	if k.MinPoints != 0 {
		o.MinSteps = k.MinPoints
	}
	if k.MinDuration != 0 {
		o.MinDuration = k.MinDuration.Microseconds()
	}
	o.IgnoreGaps = o.IgnoreGaps || k.IgnoreGaps
	return o
}

// known is what persons said of the series: the settings file, for the database
// what was marked as normal too, and the knobs.
func (c *detectCmd) known(r *run) (*app.Detection, func(metric.Key) anomaly.Options, error) {
	settings, err := config.ReadDetection(r.detectFile(c.Settings), c.Settings != "")
	if err != nil {
		return nil, nil, err
	}
	marks := ""
	if c.Input == "" {
		if marks, err = config.NormalPath(); err != nil {
			return nil, nil, err
		}
	}
	d, err := app.NewDetection(settings, marks)
	if err != nil {
		return nil, nil, err
	}
	if !c.knobs.set() {
		if c.Preview {
			return nil, nil, usageError{errors.New("--preview compares: turn a knob, such as --sensitivity 0.5 or --min-deviation 10%")}
		}
		return d, d.Options, nil
	}
	with, err := c.knobs.over(d.Options)
	return d, with, err
}

func (r *run) detectFile(named string) string {
	if named != "" {
		return named
	}
	return config.DetectFile(r.Config)
}
