package prophet

import "fmt"

// Feature is a column that Beta has a coefficient for.
type Feature struct {
	Name       string  `json:"name"`      // as Prophet names it: yearly_delim_1, easter_delim_+0, a regressor
	Component  string  `json:"component"` // the season, holiday or regressor that it belongs to
	Mode       Mode    `json:"mode"`
	PriorScale float64 `json:"prior_scale"`
	Holiday    bool    `json:"holiday,omitempty"`
	Regressor  bool    `json:"regressor,omitempty"`
}

// setFeatures lists the columns in Prophet's order: seasons, holidays, regressors.
func (m *Model) setFeatures(events []event) {
	m.Features = []Feature{}
	for _, s := range m.Seasons {
		for i := range 2 * s.FourierOrder {
			m.Features = append(m.Features, Feature{Name: fmt.Sprintf("%s%s%d", s.Name, delim, i+1), Component: s.Name, Mode: s.Mode, PriorScale: s.PriorScale})
		}
	}
	m.Features = append(m.Features, holidayFeatures(events, m.Config.holidaysMode())...)
	for _, r := range m.Config.Regressors {
		m.Features = append(m.Features, Feature{Name: r.Name, Component: r.Name, Mode: orMode(r.Mode, m.Config.SeasonalityMode),
			PriorScale: orScale(r.PriorScale, m.Config.HolidaysPriorScale), Regressor: true})
	}
}

// matrix holds columns of one length, one after the other.
type matrix struct {
	slab []float64
	cols [][]float64
}

func newMatrix(rows, columns int) matrix {
	m := matrix{make([]float64, rows*columns), make([][]float64, columns)}
	for j := range m.cols {
		m.cols[j] = m.slab[j*rows : (j+1)*rows : (j+1)*rows]
	}
	return m
}

// matrix computes the features' columns at the times.
func (m *Model) matrix(times []int64, events []event, regressors map[string][]float64) matrix {
	out := newMatrix(len(times), len(m.Features))
	cols := out.cols
	next := 0
	for _, s := range m.Seasons {
		season := cols[next : next+2*max(0, s.FourierOrder)]
		fourier(times, s.Period, season)
		if s.ConditionName != "" {
			for _, col := range season {
				multiply(col, regressors[s.ConditionName])
			}
		}
		next += len(season)
	}
	fillHolidays(events, times, m.Features, cols)
	first := len(cols) - len(m.Config.Regressors)
	for j, r := range m.Config.Regressors {
		st := m.Standards[j]
		for i, v := range regressors[r.Name] {
			cols[first+j][i] = (v - st.Mu) / st.Std
		}
	}
	return out
}

func multiply(to, by []float64) {
	for i, v := range by {
		to[i] *= v
	}
}
