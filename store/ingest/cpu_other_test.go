//go:build !unix

package ingest

import "time"

var started = time.Now()

// cpuSeconds is the time on the clock where processor time is not to be had.
func cpuSeconds() float64 { return time.Since(started).Seconds() }
