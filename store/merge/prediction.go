package merge

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/metric"
)

// CheckPrediction says what keeps a prediction from being stored.
func CheckPrediction(p metric.Prediction) error {
	n := len(p.Times)
	switch {
	case p.VM == "" || p.Metric == "":
		return errors.New("store a prediction: a series needs a VM and a metric")
	case n == 0:
		return fmt.Errorf("store the prediction of %s: it has no times", p.Key)
	case len(p.Value) != n || len(p.Lower) != n || len(p.Upper) != n:
		return fmt.Errorf("store the prediction of %s: %d times with %d values, %d lower and %d upper bounds", p.Key, n, len(p.Value), len(p.Lower), len(p.Upper))
	}
	for i, t := range p.Times {
		switch v := p.Value[i]; {
		case t <= -MaxTime || t >= MaxTime:
			return fmt.Errorf("store the prediction of %s: step %d: its time is outside of the years 1698 to 2241; choose a shorter horizon", p.Key, i+1)
		case i > 0 && t <= p.Times[i-1]:
			return fmt.Errorf("store the prediction of %s: step %d: its time is not after the one before", p.Key, i+1)
		case math.IsNaN(v) || math.IsInf(v, 0):
			return fmt.Errorf("store the prediction of %s: step %d: %v is not a finite value", p.Key, i+1, v)
		}
	}
	return nil
}

// Bound is a bound as it is stored: NaN where it says nothing.
func Bound(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// CopyPrediction is a prediction with columns of its own and bounds as they are stored.
func CopyPrediction(p metric.Prediction) metric.Prediction {
	p.Times, p.Value = slices.Clone(p.Times), slices.Clone(p.Value)
	p.Lower, p.Upper = slices.Clone(p.Lower), slices.Clone(p.Upper)
	for i := range p.Times {
		p.Lower[i], p.Upper[i] = Bound(p.Lower[i]), Bound(p.Upper[i])
	}
	return p
}

// Succeed is the current prediction after the next one: what was predicted for
// times before its first one stays.
func Succeed(old, next metric.Prediction) metric.Prediction {
	before := CutPrediction(old, metric.Range{From: metric.All.From, To: next.Times[0]})
	next.Times, next.Value = slices.Concat(before.Times, next.Times), slices.Concat(before.Value, next.Value)
	next.Lower, next.Upper = slices.Concat(before.Lower, next.Lower), slices.Concat(before.Upper, next.Upper)
	return next
}

// CutPrediction is the part of a prediction inside the range. The columns are shared.
func CutPrediction(p metric.Prediction, r metric.Range) metric.Prediction {
	i, j := r.Indexes(p.Times)
	p.Times, p.Value, p.Lower, p.Upper = p.Times[i:j], p.Value[i:j], p.Lower[i:j], p.Upper[i:j]
	return p
}
