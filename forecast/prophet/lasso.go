package prophet

import "math"

// lasso minimises x'Sx/2 - q'x + lambda |x|₁ from the given x, which it
// overwrites: the feature-sign search of Lee, Battle, Raina and Ng, "Efficient
// sparse coding algorithms" (NIPS 2006). Each round solves for the unknowns
// whose sign is settled, goes there or to the best sign change on the way, and
// when the signs hold takes in the unknown that gains most. The value falls in
// every round, so no set of signs comes twice.
type lasso struct {
	s      []float64 // n x n
	q      []float64
	lambda float64
	n      int
	signs  []float64 // -1, 0, 1
	active []int
	sub    []float64 // room for the factor
	next   []float64
	grad   []float64
}

func newLasso(n int) *lasso {
	return &lasso{n: n, s: make([]float64, n*n), q: make([]float64, n), signs: make([]float64, n), active: make([]int, 0, n),
		sub: make([]float64, n*n), next: make([]float64, n), grad: make([]float64, n)}
}

func (l *lasso) solve(x []float64) {
	for i, v := range x {
		l.signs[i] = sign(v)
	}
	for range 20*l.n + 100 {
		if l.settle(x) {
			if j := l.candidate(x); j < 0 {
				return
			}
		}
	}
}

// settle moves x towards the minimum for the present signs and reports whether
// it arrived there.
func (l *lasso) settle(x []float64) bool {
	l.active = l.active[:0]
	for i, s := range l.signs {
		if s != 0 {
			l.active = append(l.active, i)
		}
	}
	k := len(l.active)
	for a, i := range l.active {
		for b, j := range l.active[:a+1] {
			l.sub[a*k+b] = l.s[i*l.n+j]
		}
		l.next[a] = l.q[i] - l.lambda*l.signs[i]
	}
	f := factor(l.sub[:k*k], k)
	f.forward(l.next[:k])
	f.backward(l.next[:k])
	return l.move(x)
}

// move goes from x towards next, to the end or to the first place where an
// unknown changes its sign; that one becomes 0.
func (l *lasso) move(x []float64) bool {
	step, stop := 1.0, -1
	for a, i := range l.active {
		if l.next[a]*l.signs[i] > 0 {
			continue
		}
		part := 0.0
		if x[i] != 0 {
			part = x[i] / (x[i] - l.next[a])
		}
		if part < step || stop < 0 {
			step, stop = part, i
		}
	}
	for a, i := range l.active {
		x[i] += step * (l.next[a] - x[i])
	}
	if stop < 0 {
		return true
	}
	x[stop], l.signs[stop] = 0, 0
	return false
}

// candidate gives a sign to the unknown at 0 whose gradient exceeds lambda
// most, and returns it, or -1 if there is none.
func (l *lasso) candidate(x []float64) int {
	best, place := l.lambda*(1+1e-9), -1
	for i := range l.n {
		if l.signs[i] != 0 {
			continue
		}
		row := l.s[i*l.n : (i+1)*l.n]
		g, size := -l.q[i], math.Abs(l.q[i])
		for _, j := range l.active {
			g += row[j] * x[j]
			size += math.Abs(row[j] * x[j])
		}
		l.grad[i] = g
		if math.Abs(g) > best+1e-13*size && row[i] > 0 {
			best, place = math.Abs(g), i
		}
	}
	if place >= 0 {
		l.signs[place] = -sign(l.grad[place])
	}
	return place
}

func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}
