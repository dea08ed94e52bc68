package wire

import (
	"cmp"
	"errors"
	"time"
)

// What can be wrong with the content as a whole. A single bad row is no error.
var (
	ErrTooLarge    = errors.New("the content is too large")
	ErrMalformed   = errors.New("the content cannot be read")
	ErrUnsupported = errors.New("the content's form is not supported")
)

// Options say how names are made and how much is taken. The zero Options take the defaults.
type Options struct {
	VM        string   // the label or tag that names the VM; "": instance, and host in Influx
	DefaultVM string   // the VM of rows without that label; "": they are refused
	StripPort bool     // web-01:9100 is VM web-01
	Drop      []string // labels that are left out of the metric's name, as they tell nothing apart
	Now       func() time.Time
	Limits    Limits
}

// Limits bound one request.
type Limits struct {
	Bytes  int64 // after unpacking
	Points int
	Series int
	Labels int // of one series
}

// The default limits.
const (
	DefaultBytes  = 32 << 20
	DefaultPoints = 1_000_000
	DefaultSeries = 100_000
	DefaultLabels = 64
)

func (o Options) complete(vm string) Options {
	o.VM = cmp.Or(o.VM, vm)
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Limits = o.Limits.complete()
	return o
}

func (l Limits) complete() Limits {
	return Limits{
		Bytes: cmp.Or(l.Bytes, DefaultBytes), Points: cmp.Or(l.Points, DefaultPoints),
		Series: cmp.Or(l.Series, DefaultSeries), Labels: cmp.Or(l.Labels, DefaultLabels),
	}
}
