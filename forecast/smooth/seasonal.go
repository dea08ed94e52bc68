package smooth

import "math"

// Params are the smoothing parameters, each in 0..1, and the autocorrelation of
// the one-step errors.
type Params struct {
	Level float64 `json:"level"`
	Short float64 `json:"short"` // of the shorter season
	Long  float64 `json:"long"`
	Error float64 `json:"error"`
}

// Model is double-seasonal smoothing with its states after the last point seen.
type Model struct {
	Params
	Short, Long int // lengths of the seasons; Long 0: one season, both 0: none
	level       float64
	day, week   []float64 // seasonal states by place in the season
	err         float64   // the last one-step error
	at          int       // points seen
}

// start makes the states of the first two of the longest season.
func start(y []float64, p Params, short, long int) Model {
	m := Model{Params: p, Short: short, Long: long, day: make([]float64, max(1, short)), week: make([]float64, max(1, long))}
	n := min(len(y), 2*max(long, short, 5))
	for _, v := range y[:n] {
		m.level += v / float64(n)
	}
	fillSeason(m.day, y[:n], func(i int) float64 { return y[i] - m.level })
	if long > 0 {
		fillSeason(m.week, y[:n], func(i int) float64 { return y[i] - m.level - m.day[i%len(m.day)] })
	}
	return m
}

func fillSeason(s, y []float64, rest func(int) float64) {
	if len(s) < 2 {
		return
	}
	count := make([]float64, len(s))
	for i := range y {
		s[i%len(s)] += rest(i)
		count[i%len(s)]++
	}
	for i := range s {
		if count[i] > 0 {
			s[i] /= count[i]
		}
	}
}

// run takes in y[m.at:], and returns the sum of absolute one-step errors from index `from` on.
func (m *Model) run(y []float64, from int) (loss float64) {
	day, week := m.day, m.week
	d, w := m.at%len(day), m.at%len(week)
	level, last := m.level, m.err
	for i := m.at; i < len(y); i++ {
		e := y[i] - level - day[d] - week[w]
		v := e - m.Error*last
		if i >= from {
			loss += math.Abs(v)
		}
		level += m.Params.Level * e
		if len(day) > 1 {
			day[d] += m.Params.Short * e
			if d++; d == len(day) {
				d = 0
			}
		}
		if len(week) > 1 {
			week[w] += m.Params.Long * e
			if w++; w == len(week) {
				w = 0
			}
		}
		last = e
	}
	m.level, m.err, m.at = level, last, len(y)
	return loss
}

// Forecast goes on from the last point seen.
func (m *Model) Forecast(out []float64) {
	e := m.err
	for h := range out {
		e *= m.Error
		i := m.at + h
		out[h] = m.level + m.day[i%len(m.day)] + m.week[i%len(m.week)] + e
	}
}

// Roll fits the parameters to y[:ns[0]] and returns the models as they stand
// after each y[:n]; ns ascend.
func Roll(y []float64, short, long int, ns []int) []Model {
	return Follow(y, Search(y[:ns[0]], short, long), short, long, ns)
}

// Follow runs through y with given parameters and returns the models after each y[:n].
func Follow(y []float64, p Params, short, long int, ns []int) []Model {
	out := make([]Model, len(ns))
	m := start(y[:ns[0]], p, short, long)
	for i, n := range ns {
		m.run(y[:n], 0)
		out[i] = m
		out[i].day, out[i].week = append([]float64(nil), m.day...), append([]float64(nil), m.week...)
	}
	return out
}

// Search finds the parameters with the smallest absolute one-step errors by
// coordinate steps from several starts.
func Search(y []float64, short, long int) Params {
	if len(y) > 6*max(short, long, 200) {
		y = y[len(y)-6*max(short, long, 200):]
	}
	s := searcher{y: y, short: short, long: long, base: start(y, Params{}, short, long)}
	best, lowest := Params{}, math.Inf(1)
	for _, p := range []Params{{0.05, 0.1, 0.1, 0.7}, {0.3, 0.2, 0.2, 0.2}, {0.01, 0.3, 0.2, 0.9}} {
		if q, loss := s.descend(p); loss < lowest {
			best, lowest = q, loss
		}
	}
	return best
}

type searcher struct {
	y           []float64
	short, long int
	base        Model
	day, week   []float64
}

func (s *searcher) loss(p Params) float64 {
	m := s.base
	s.day, s.week = append(s.day[:0], s.base.day...), append(s.week[:0], s.base.week...)
	m.day, m.week, m.Params = s.day, s.week, p
	return m.run(s.y, min(len(s.y)/4, max(s.short, s.long)))
}

// descend steps along one parameter after the other, in logits, with shrinking steps.
func (s *searcher) descend(p Params) (Params, float64) {
	lowest := s.loss(p)
	for step := 1.2; step > 0.15; step /= 2 {
		for _, get := range []func(*Params) *float64{
			func(p *Params) *float64 { return &p.Level }, func(p *Params) *float64 { return &p.Short },
			func(p *Params) *float64 { return &p.Long }, func(p *Params) *float64 { return &p.Error },
		} {
			for _, sign := range []float64{1, -1} {
				q := p
				v := get(&q)
				*v = logistic(logit(*v) + sign*step)
				if l := s.loss(q); l < lowest {
					p, lowest = q, l
					break
				}
			}
		}
	}
	return p, lowest
}

func logit(p float64) float64    { return math.Log(p / (1 - p)) }
func logistic(x float64) float64 { return min(max(1/(1+math.Exp(-x)), 1e-4), 1-1e-4) }
