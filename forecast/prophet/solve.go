package prophet

import "math"

// solve returns the most probable parameters.
func (p *problem) solve() *state {
	if p.constant() {
		return p.solveLinear()
	}
	var best *state
	for _, start := range p.startsOfSearch() {
		st := p.descend(start, 40)
		if best == nil || st.value < best.value {
			best = st
		}
	}
	return p.descend(best, 300)
}

// solveLinear solves additive models: one pass over the rows gives the gram,
// which holds everywhere; the second, for the residuals, takes off its rounding.
func (p *problem) solveLinear() *state {
	st := p.newState()
	p.evaluate(st)
	g := p.newGram()
	p.linearise(g, st)
	s := newStepper(p, g)
	sigma := p.mode(s, st.sigma)
	for range 4 {
		copy(st.theta, s.theta)
		p.evaluate(st)
		if math.Abs(math.Log(st.sigma/sigma)) < 1e-9 {
			break
		}
		p.regrade(g, st)
		copy(s.from, st.theta)
		sigma = s.settle(st.sigma)
	}
	return st
}

// mode finds the sigma of the highest maximum of the posterior. Taking sigma
// and theta in turns is monotone: from the sigma of theta = 0 it falls to the
// largest sigma that is stationary, from the least squares' sigma it rises to
// the smallest. Mostly they are one; short histories have several maxima, and
// then the stretch between is searched.
func (p *problem) mode(s *stepper, highest float64) float64 {
	top := s.settle(highest)
	s.at(leastSigma)
	bottom := s.settle(bestSigma(len(p.t), s.rss))
	best, value := top, math.Inf(1)
	if top > bottom*(1+1e-6) {
		for _, sigma := range append(p.valleys(s, bottom, top), top) {
			sigma = s.settle(sigma)
			if v := s.value(sigma); v < value && sigma > 10*leastSigma {
				best, value = sigma, v
			}
		}
	}
	return s.settle(best)
}

// valleys are sigmas near the minima of the profile between two sigmas.
func (p *problem) valleys(s *stepper, bottom, top float64) []float64 {
	const points = 64
	at := func(i int) float64 { return bottom * math.Pow(top/bottom, float64(i)/points) }
	var out []float64
	before, last := math.Inf(-1), math.Inf(-1)
	for i := range points + 1 {
		s.at(at(i))
		v := s.value(at(i))
		if last < before && last <= v {
			out = append(out, at(i-1))
		}
		before, last = last, v
	}
	return out
}

// descend goes downhill from a state by Gauss-Newton steps: the rows are made
// linear, that problem is solved with all its priors, and the way there is
// halved until the true value falls. If no part of it does, the next step is
// shorter by damping. Five rounds are usual; a start on the wrong side of a rate
// of 0 may take hundreds.
func (p *problem) descend(st *state, rounds int) *state {
	p.evaluate(st)
	trial, g := p.newState(), p.newGram()
	s := newStepper(p, g)
	for range rounds {
		p.linearise(g, st)
		copy(s.from, st.theta)
		copy(s.theta, st.theta)
		if s.damping == 0 {
			s.settle(st.sigma)
		} else {
			s.at(st.sigma)
		}
		gain := p.walk(st, trial, s)
		if gain > 0 {
			st, trial = trial, st
			if s.damping /= 10; s.damping < 1e-6 {
				s.damping = 0
			}
		}
		switch {
		case gain > 1e-10*(1+math.Abs(st.value)/1e4):
		case s.damping > 1e4 || gain > 0 && s.damping == 0:
			return st
		default:
			s.damping = max(1e-4, s.damping*10)
		}
	}
	return st
}

// walk sets trial to the first state on the way to the stepper's answer whose
// value is lower, and returns by how much; 0 if there is none.
func (p *problem) walk(st, trial *state, s *stepper) float64 {
	for part := 1.0; part > 1e-4; part /= 2 {
		for i, v := range st.theta {
			trial.theta[i] = v + part*(s.theta[i]-v)
		}
		if part == 1 {
			copy(trial.theta, s.theta)
		}
		if p.evaluate(trial); trial.value < st.value {
			return st.value - trial.value
		}
	}
	return 0
}

// startsOfSearch are the states that the search for a maximum starts from; with
// products of parameters there may be more than one.
func (p *problem) startsOfSearch() []*state {
	lines := [][2]float64{p.firstToLast()}
	if p.growth == Logistic {
		lines = append(lines, p.logitLine(), [2]float64{1, 0.5}, [2]float64{-1, 0.5}, [2]float64{0.1, 0})
	}
	var out []*state
	for _, l := range lines {
		st := p.newState()
		st.theta[0], st.theta[1] = l[0], l[1]
		out = append(out, st)
	}
	return out
}

// firstToLast is Prophet's own start: k and m of the curve through the first
// and the last row, or of the mean.
func (p *problem) firstToLast() (line [2]float64) {
	n := len(p.y)
	first, last := p.y[0], p.y[n-1]
	switch p.growth {
	case Flat:
		var sum float64
		for _, v := range p.y {
			sum += v
		}
		return [2]float64{0, sum / float64(n)}
	case Logistic:
		l0, l1 := logit(first, p.cap[0]), logit(last, p.cap[n-1])
		if l0 == l1 {
			l0 -= 0.05
		}
		return [2]float64{l1 - l0, -l0 / (l1 - l0)}
	}
	return [2]float64{last - first, first}
}

// logitLine is k and m of the straight line through the logits of all rows.
func (p *problem) logitLine() [2]float64 {
	var st, su, stt, stu float64
	n := float64(len(p.t))
	for i, t := range p.t {
		u := logit(p.y[i], p.cap[i])
		st, su, stt, stu = st+t, su+u, stt+t*t, stu+t*u
	}
	k := (stu - st*su/n) / (stt - st*st/n)
	if math.Abs(k) < 1e-3 {
		k = math.Copysign(1e-3, k)
	}
	return [2]float64{k, (k*st - su) / n / k}
}

// logit is the logistic curve's argument for a value, kept inside the curve.
func logit(v, top float64) float64 {
	part := min(max(v/top, 0.01), 0.99)
	return math.Log(part / (1 - part))
}
