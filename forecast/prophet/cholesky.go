package prophet

import "math"

// lower is a lower triangular factor, row by row.
type lower struct {
	n int
	v []float64
}

// factor overwrites a (n x n, its lower half) with its Cholesky factor. A pivot
// that is lost in rounding makes its unknown 0 instead of failing: the column
// then depends on those before it.
func factor(a []float64, n int) lower {
	for i := range n {
		row := a[i*n : i*n+i+1]
		full := row[i]
		for j := range i {
			other := a[j*n : j*n+j+1]
			row[j] = (row[j] - dotTo(row, other, j)) / other[j]
		}
		row[i] -= dotTo(row, row, i)
		if row[i] <= 1e-14*full || row[i] <= 0 {
			row[i] = math.Inf(1)
			continue
		}
		row[i] = math.Sqrt(row[i])
	}
	return lower{n, a}
}

// forward overwrites b with the solution of Lx = b.
func (l lower) forward(b []float64) {
	for i := range l.n {
		row := l.v[i*l.n : i*l.n+i+1]
		b[i] = (b[i] - dotTo(row, b, i)) / row[i]
	}
}

// backward overwrites b with the solution of L'x = b.
func (l lower) backward(b []float64) {
	for i := l.n - 1; i >= 0; i-- {
		row := l.v[i*l.n : i*l.n+i+1]
		b[i] /= row[i]
		for j := range i {
			b[j] -= row[j] * b[i]
		}
	}
}

// dotTo is the product of the first n elements, in four sums that the
// processor adds side by side.
func dotTo(a, b []float64, n int) float64 {
	a, b = a[:n], b[:n]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= n; i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < n; i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}
