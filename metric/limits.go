package metric

import "time"

// Bounds of what is taken from outside, whichever way it comes.
const (
	MaxName   = 512             // bytes of a VM's or a metric's name
	ClockSkew = 5 * time.Minute // a clock may be ahead by so much before its times count as future
)
