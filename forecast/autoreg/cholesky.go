package autoreg

import "math"

// cholesky factorises the symmetric matrix whose upper triangle xx holds row by
// row (p x p), with ridge added to the diagonal, into l times its transpose. It
// leaves out the estimate of the condition that costs the libraries' most of
// their time at this size: the ridge bounds it. false: not positive definite.
func cholesky(l, xx []float64, p int, ridge float64) bool {
	for i := range p {
		li := l[i*p : i*p+i+1]
		for j := 0; j <= i; j++ {
			lj := l[j*p : j*p+j+1]
			v := xx[j*p+i] - dot(li[:j], lj[:j])
			if j < i {
				li[j] = v * lj[j] // the diagonal is kept inverted
				continue
			}
			if v += ridge; !(v > 0) {
				return false
			}
			li[i] = 1 / math.Sqrt(v)
		}
	}
	return true
}

func dot(a, b []float64) float64 {
	var s0, s1 float64
	b = b[:len(a)]
	i := 0
	for ; i+1 < len(a); i += 2 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
	}
	if i < len(a) {
		s0 += a[i] * b[i]
	}
	return s0 + s1
}

// backsolve solves l l' x = b in place.
func backsolve(l []float64, p int, x []float64) {
	for i := range p {
		x[i] = (x[i] - dot(l[i*p:i*p+i], x[:i])) * l[i*p+i]
	}
	for i := p - 1; i >= 0; i-- {
		x[i] *= l[i*p+i]
		for j := range i {
			x[j] -= l[i*p+j] * x[i]
		}
	}
}

// inverseTrace is the trace of the inverse: the sum of squares of the inverse factor.
func inverseTrace(l []float64, p int, work []float64) float64 {
	var sum float64
	for k := range p { // column k of the inverse of l
		w := work[:p]
		w[k] = l[k*p+k]
		sum += w[k] * w[k]
		for i := k + 1; i < p; i++ {
			w[i] = -dot(l[i*p+k:i*p+i], w[k:i]) * l[i*p+i]
			sum += w[i] * w[i]
		}
	}
	return sum
}
