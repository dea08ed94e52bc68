package prophet

import "math"

// stepper solves for the best theta near a state, with the rows given by a gram.
type stepper struct {
	p         *problem
	g         *gram
	from      []float64 // the theta that g was taken at
	theta     []float64 // the answer
	rss       float64   // and the rows' squares there, as g has them
	aff, w    []float64 // the free block's factor, and L⁻¹ times the mixed block
	cf, d, hd []float64
	l         *lasso
	damping   float64 // added to the free and hinge diagonals, relative
}

func newStepper(p *problem, g *gram) *stepper {
	f, s := p.free(), len(p.knots)
	return &stepper{p: p, g: g, from: make([]float64, p.size()), theta: make([]float64, p.size()), aff: make([]float64, f*f), w: make([]float64, s*f),
		cf: make([]float64, f), d: make([]float64, p.size()), hd: make([]float64, p.size()), l: newLasso(s)}
}

// at minimises, for a given sigma, squares/(2 sigma²) plus the priors. The free
// parameters are eliminated, so that the search for the changes' signs works on
// a matrix of their size.
func (s *stepper) at(sigma float64) {
	f, n := s.p.free(), len(s.p.knots)
	v := sigma * sigma
	L := s.eliminate(v)
	for i := range f {
		s.cf[i] = s.g.c[i] - v*s.p.precision[i]*s.from[i]
	}
	L.forward(s.cf)
	delta, start := s.theta[f:], s.from[f:]
	s.reduce(start)
	s.l.lambda = v / s.p.tau
	s.l.solve(delta)
	for i := range n {
		s.d[f+i] = delta[i] - start[i]
		addScaled(s.cf, -s.d[f+i], s.w[i*f:(i+1)*f])
	}
	L.backward(s.cf)
	for i := range f {
		s.d[i] = s.cf[i]
		s.theta[i] = s.from[i] + s.d[i]
	}
	s.rss = s.squares()
}

// eliminate factors the free block with its prior and prepares the mixed one.
func (s *stepper) eliminate(v float64) lower {
	f, n, k := s.p.free(), len(s.p.knots), s.g.size
	for i := range f {
		copy(s.aff[i*f:i*f+i+1], s.g.h[i*k:i*k+i+1])
		s.aff[i*f+i] += v*s.p.precision[i] + s.damping*s.g.h[i*k+i]
	}
	L := factor(s.aff, f)
	for i := range n {
		row := s.w[i*f : (i+1)*f]
		copy(row, s.g.h[(f+i)*k:(f+i)*k+f])
		L.forward(row)
	}
	return L
}

// reduce writes what is left for the changes into the lasso.
func (s *stepper) reduce(start []float64) {
	f, n, k := s.p.free(), len(s.p.knots), s.g.size
	for i := range n {
		wi := s.w[i*f : (i+1)*f]
		for j := range i + 1 {
			v := s.g.h[(f+i)*k+f+j] - dotTo(wi, s.w[j*f:(j+1)*f], f)
			s.l.s[i*n+j], s.l.s[j*n+i] = v, v
		}
		s.l.s[i*n+i] += s.damping * s.g.h[(f+i)*k+f+i]
	}
	for i := range n {
		s.l.q[i] = s.g.c[f+i] - dotTo(s.w[i*f:(i+1)*f], s.cf, f) + dotTo(s.l.s[i*n:(i+1)*n], start, n)
	}
}

// squares are the rows' squares after the step d.
func (s *stepper) squares() float64 {
	k := s.g.size
	sum := s.g.rr
	for i := range k {
		sum += s.d[i] * (dotTo(s.g.h[i*k:(i+1)*k], s.d, k) - 2*s.g.c[i])
	}
	return max(0, sum)
}

// value is minus the log posterior of the answer, as g has it.
func (s *stepper) value(sigma float64) float64 {
	return s.p.prior(s.theta) + noise(len(s.p.t), s.rss, sigma)
}

// settle finds the sigma that its own theta calls for, from the given one, and
// returns it. Sigma and theta are found in turns; from the second turn on the
// secant of log sigma jumps ahead.
func (s *stepper) settle(sigma float64) float64 {
	n := len(s.p.t)
	prev, prevGap := 0.0, 0.0
	for i := range 60 {
		s.at(sigma)
		now := math.Log(sigma)
		gap := math.Log(bestSigma(n, s.rss)) - now
		if math.Abs(gap) < 1e-11 {
			break
		}
		next := now + gap
		if i > 0 && gap*prevGap > 0 && math.Abs(gap) < math.Abs(prevGap) {
			if jump := gap * (prev - now) / (gap - prevGap); math.Abs(jump) < 20*math.Abs(gap) {
				next = now + jump
			}
		}
		prev, prevGap = now, gap
		sigma = math.Exp(next)
	}
	return sigma
}
