package anomaly

import "math"

// expecter foretells the next value by the best of several cheap predictors:
// the last values, their slow mean, the usual value at this time of day and of
// week. Which is best is known from the errors of each so far.
type expecter struct {
	Fast, Slow float64
	Day        slots     // by time of day
	Week       slots     // by time of week
	Errors     []float64 // mean absolute error of each predictor
	Seen       []int     // how often each was compared
	Miss       float64   // mean absolute error of the chosen one
	N          int
	Lowest     float64 // value so far
}

// slots are the usual values at times.
type slots struct {
	Mean []float64
	N    []uint8 // how many values were seen, up to 255
}

func newSlots(n int) slots { return slots{make([]float64, n), make([]uint8, n)} }

func (s slots) fit(n int) bool { return len(s.Mean) == n && len(s.N) == n }

const (
	predictors = 4
	dayMicros  = 86_400_000_000
	daySlots   = 288
	bandErrors = 3 // half the band's width in mean absolute errors
)

func newExpecter() *expecter {
	return &expecter{Day: newSlots(daySlots), Week: newSlots(7 * daySlots), Errors: make([]float64, predictors), Seen: make([]int, predictors), Lowest: math.Inf(1)}
}

// places are the slots of a time.
func places(t int64) (day, week int) {
	at := t % (7 * dayMicros)
	if at < 0 {
		at += 7 * dayMicros
	}
	week = int(at / (dayMicros / daySlots))
	return week % daySlots, week
}

// predictions of the value at t; NaN where one cannot say.
func (e *expecter) predictions(t int64) [predictors]float64 {
	nan := math.NaN()
	out := [predictors]float64{nan, nan, nan, nan}
	if e.N == 0 {
		return out
	}
	out[0], out[1] = e.Fast, e.Slow
	d, w := places(t)
	if e.Day.N[d] > 0 {
		out[2] = e.Day.Mean[d]
	}
	if e.Week.N[w] > 0 {
		out[3] = e.Week.Mean[w]
	}
	return out
}

// expect is the best prediction and the band about it.
func (e *expecter) expect(p [predictors]float64) (value, lower, upper float64) {
	value = math.NaN()
	best := math.Inf(1)
	for k, v := range p {
		if math.IsNaN(v) || k > 1 && e.Seen[k] < 20 {
			continue
		}
		if e.Errors[k] < best {
			best, value = e.Errors[k], v
		}
	}
	half := bandErrors * e.Miss
	lower, upper = value-half, value+half
	if e.Lowest >= 0 {
		lower = max(lower, 0) // what never was negative is not expected to be
	}
	return value, lower, upper
}

// learn takes in a value; errors far beyond the usual ones count as large ones
// only, so that an incident does not become what is usual.
func (e *expecter) learn(t int64, x float64, p [predictors]float64, expected float64) {
	e.N++
	e.Lowest = min(e.Lowest, x)
	rate := func(n int, least float64) float64 { return max(least, 1/float64(n+1)) }
	for k, v := range p {
		if !math.IsNaN(v) {
			e.Seen[k]++
			e.Errors[k] += rate(e.Seen[k], 0.005) * (capped(math.Abs(x-v), e.Errors[k], e.Seen[k]) - e.Errors[k])
		}
	}
	if !math.IsNaN(expected) {
		e.Miss += rate(e.N, 0.005) * (capped(math.Abs(x-expected), e.Miss, e.N) - e.Miss)
	}
	if e.N == 1 {
		e.Fast, e.Slow = x, x
	}
	e.Fast += 0.4 * (x - e.Fast)
	e.Slow += rate(e.N, 0.02) * (x - e.Slow)
	d, w := places(t)
	e.Day.learn(d, x)
	e.Week.learn(w, x)
}

func capped(v, usual float64, n int) float64 {
	if n > 20 && usual > 0 {
		return min(v, 8*usual)
	}
	return v
}

func (s slots) learn(i int, x float64) {
	if s.N[i] < math.MaxUint8 {
		s.N[i]++
	}
	s.Mean[i] += max(0.25, 1/float64(s.N[i])) * (x - s.Mean[i])
}
