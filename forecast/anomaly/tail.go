package anomaly

import "math"

// tail turns a raw measure of unusualness into evidence: the negative decimal
// logarithm of how often this series has such values. It follows a high quantile
// of the measure and the mean excess over it, which is exponential for most
// distributions (Pickands 1975), in constant time.
type tail struct {
	N      float64 `json:"n"`
	Mean   float64 `json:"mean"`
	Limit  float64 `json:"limit"`  // the quantile
	Excess float64 `json:"excess"` // mean excess over it
	Run    float64 `json:"run"`    // values above it in a row
}

const (
	tailShare = 0.02  // of values above the limit
	tailRate  = 0.003 // of the limit's adaption
	runPoints = 12    // in a row count in full, later ones less and less
	runStays  = 500   // in a row are no incident any more
	mostLog   = 700   // of a measure: beyond, numbers end
)

// add takes in a measure and tells its evidence.
func (t *tail) add(s float64) float64 {
	t.N++
	s = min(s, largest)
	capped := s
	if t.N > 30 && t.Mean > 0 {
		capped = min(s, 20*t.Mean) // an incident must not become the scale
	}
	t.Mean += max(0.001, 1/t.N) / t.weight() * (capped - t.Mean)
	y := 0.0
	switch {
	case t.Mean > 0:
		y = min(math.Log1p(s/t.Mean), mostLog)
	case s > 0:
		y = 3
	}
	if t.N < 10 {
		t.Limit, t.Excess = max(t.Limit, y), 0.5
		return 0
	}
	evidence := 0.0
	switch base := -math.Log10(tailShare); {
	case y > t.Limit:
		evidence = base + (y-t.Limit)/t.Excess/math.Ln10
	case t.Limit > 0:
		evidence = base * y / t.Limit
	}
	t.follow(y)
	return evidence
}

// weight is the share, one in so many, that a point counts when many in a row
// were unusual: an incident must not become what is usual, but what stays must.
func (t *tail) weight() float64 {
	if t.Run > runStays {
		return 1
	}
	return max(1, t.Run-runPoints)
}

func (t *tail) follow(y float64) {
	step := max(tailRate, 1/t.N)
	if y <= t.Limit {
		t.Limit -= step * tailShare
		t.Run = 0
		return
	}
	t.Run++
	over := min(y-t.Limit, 5*t.Excess)
	t.Excess = max(0.05, t.Excess+max(0.02, 1/t.N)/t.weight()*(over-t.Excess))
	t.Limit += step * (1 - tailShare)
}
