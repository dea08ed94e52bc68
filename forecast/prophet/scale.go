package prophet

import (
	"fmt"
	"math"
	"slices"
)

// Standard says how a regressor's column is standardised: (x - Mu) / Std.
type Standard struct {
	Mu  float64 `json:"mu"`
	Std float64 `json:"std"`
}

// scaled are rows in the model's units: time 0..1 over the history, values
// divided by the scale after taking the floor off.
type scaled struct {
	t, y, cap, floor []float64 // y only in a history, cap only for logistic growth
}

// setScales chooses the scales from the history, as Prophet's initialize_scales.
func (m *Model) setScales(h History) error {
	k := h.columns(m.Config)
	n := len(h.Times)
	m.Start, m.End, m.N = h.Times[0], h.Times[n-1], n
	m.HasFloor = k.hasFloor()
	lowest, highest := slices.Min(h.Values), slices.Max(h.Values)
	switch minMax := m.Config.Scaling == MinMax; {
	case m.HasFloor && minMax:
		m.YMin, m.YScale = k.floorAt(0), k.capAt(0)
		for i := range n {
			m.YMin, m.YScale = min(m.YMin, k.floorAt(i)), max(m.YScale, k.capAt(i))
		}
		m.YScale -= m.YMin
	case m.HasFloor:
		for i, v := range h.Values {
			m.YScale = max(m.YScale, math.Abs(v-k.floorAt(i)))
		}
	case minMax:
		m.YMin, m.YScale = lowest, highest-lowest
	default:
		m.YScale = max(math.Abs(lowest), math.Abs(highest))
	}
	if m.YScale == 0 {
		m.YScale = 1
	}
	if !finite(m.YScale) || 1/m.YScale > math.MaxFloat64 {
		return fmt.Errorf("prophet: values from %v to %v are beyond what a number can scale; use another unit", lowest, highest)
	}
	for _, r := range m.Config.Regressors {
		m.Standards = append(m.Standards, standardize(r.Standardize, h.Regressors[r.Name]))
	}
	return nil
}

// standardize is Prophet's rule: not for constant columns and, on auto, not for
// columns of 0 and 1.
func standardize(s Switch, col []float64) Standard {
	plain := Standard{0, 1}
	lowest, highest := slices.Min(col), slices.Max(col)
	binary := lowest == 0 && highest == 1 && !slices.ContainsFunc(col, func(v float64) bool { return v != 0 && v != 1 })
	if s == Off || lowest == highest || s == Auto && binary {
		return plain
	}
	var sum, squares float64
	for _, v := range col {
		sum += v
	}
	mu := sum / float64(len(col))
	for _, v := range col {
		squares += (v - mu) * (v - mu)
	}
	return Standard{mu, math.Sqrt(squares / float64(len(col)-1))}
}

// scale puts rows into the model's units.
func (m *Model) scale(times []int64, values []float64, k columns) (scaled, error) {
	n := len(times)
	s := scaled{t: make([]float64, n), floor: make([]float64, n)}
	for i, at := range times {
		s.t[i] = m.scaleTime(at)
		s.floor[i] = m.YMin
		if m.HasFloor {
			s.floor[i] = k.floorAt(i)
		}
	}
	if values != nil {
		s.y = make([]float64, n)
		for i, v := range values {
			s.y[i] = (v - s.floor[i]) / m.YScale
		}
	}
	if m.Config.Growth == Logistic {
		s.cap = make([]float64, n)
		for i := range s.cap {
			top := k.capAt(i)
			if top <= s.floor[i] {
				return s, fmt.Errorf("prophet: cap %v in row %d is not above the floor, %v", top, i, s.floor[i])
			}
			s.cap[i] = (top - s.floor[i]) / m.YScale
		}
	}
	return s, nil
}

// scaleTime is 0 at the history's start and 1 at its end.
func (m *Model) scaleTime(at int64) float64 {
	return float64(at-m.Start) / float64(m.End-m.Start)
}
