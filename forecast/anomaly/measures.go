package anomaly

import (
	"math"
	"slices"
)

// levelMean is the distance of a value from the slow mean in its usual size.
// What is far off moves both little, so that an incident does not become normal
// at once.
type levelMean struct {
	Level, Size, Floor float64
	N                  int
}

func (l *levelMean) add(x float64) float64 {
	if l.N == 0 {
		l.Level = x
	}
	l.N++
	n := float64(l.N)
	l.Floor += max(0.001, 1/n) * (math.Abs(x) - l.Floor)
	off := x - l.Level
	z := 0.0
	if l.N > 1 {
		z = math.Abs(off) / (l.Size + 0.01*l.Floor + 1e-300)
	}
	if limit := 8 * l.Size; l.N > 20 && math.Abs(off) > limit {
		off = math.Copysign(limit, off)
	}
	rate := max(0.02, 1/n)
	l.Size += rate * (math.Abs(off) - l.Size)
	l.Level += rate * off
	return z
}

// flatRun watches how long the value stays the same.
type flatRun struct {
	Last    float64
	Run     int // equal values, the present one included
	Longest int // of the ended runs
	N       int
}

const (
	shortestFlat = 24
	longestFlat  = 20 // times the limit, after which the constant is normal
)

// add tells how much longer than usual the value stays the same: 1 is clearly.
func (f *flatRun) add(x float64) float64 {
	f.N++
	if f.N > 1 && x == f.Last {
		f.Run++
	} else {
		f.Longest = max(f.Longest, f.Run)
		f.Run = 1
	}
	f.Last = x
	limit := max(shortestFlat, 5*f.Longest)
	if f.Longest == 0 || f.Run < limit || f.Run > longestFlat*limit || f.N < 2*limit+warmUp {
		return 0
	}
	return float64(f.Run) / float64(limit)
}

// pace watches the distances of the points.
type pace struct {
	Last    int64
	Step    int64   // the usual distance; 0 while it is not known
	First   []int64 // distances until it is
	Longest int64   // usual gap
	Back    int     // points in a row that were older than the newest
	N       int
}

const (
	stepAfter    = 16      // distances that tell the usual one
	smallestGap  = 6       // missing points
	mostBack     = 24      // older points before the time is taken to be set back
	longestPause = 1 << 40 // points
)

// excuse takes what is missing up to t for nothing unusual.
func (c *pace) excuse(t int64) {
	if c.N > 0 {
		c.Last = max(c.Last, t)
	}
}

// add tells how much longer than any before the gap before this point is: 1 is clearly.
func (c *pace) add(t int64) float64 {
	c.N++
	dt := t - c.Last
	if c.N > 1 && dt <= 0 {
		if c.Back++; c.Back > mostBack { // a clock that was set back, no stray point
			c.Last, c.Back = t, 0
		}
		return 0
	}
	c.Last, c.Back = t, 0
	if c.N == 1 || dt < 0 { // a distance beyond all numbers
		return 0
	}
	if c.Step == 0 {
		if c.First = append(c.First, dt); len(c.First) == stepAfter {
			slices.Sort(c.First)
			c.Step = c.First[stepAfter/2]
		}
		return 0
	}
	missing := dt/c.Step - 1
	limit := max(smallestGap, 10*c.Longest)
	if missing < limit || c.N < warmUp {
		c.Longest = max(c.Longest, min(missing, longestPause))
		return 0
	}
	c.Longest = max(c.Longest, limit/2) // one that is told is not usual yet, but some are
	return float64(missing) / float64(limit)
}
