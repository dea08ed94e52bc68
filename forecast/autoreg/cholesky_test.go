package autoreg

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Factor, solution and trace are gonum's, for every small size and a large one.
func TestCholeskyAgainstGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, p := range []int{1, 2, 3, 4, 5, 8, 17, 60} {
		x := mat.NewDense(2*p, p, nil)
		for i := range 2 * p {
			for j := range p {
				x.Set(i, j, r.NormFloat64())
			}
		}
		var a mat.SymDense
		a.SymOuterK(1, x.T())
		const ridge = 0.3
		upper := make([]float64, p*p)
		for i := range p {
			for j := i; j < p; j++ {
				upper[i*p+j] = a.At(i, j)
			}
			a.SetSym(i, i, a.At(i, i)+ridge)
		}
		var ref mat.Cholesky
		if !ref.Factorize(&a) {
			t.Fatal("not positive definite")
		}
		l := make([]float64, p*p)
		if !cholesky(l, upper, p, ridge) {
			t.Fatalf("size %d is not positive definite", p)
		}
		var want mat.TriDense
		ref.LTo(&want)
		for i := range p {
			for j := range i {
				if math.Abs(l[i*p+j]-want.At(i, j)) > 1e-9 {
					t.Fatalf("size %d: factor %d,%d is %v, want %v", p, i, j, l[i*p+j], want.At(i, j))
				}
			}
			if math.Abs(l[i*p+i]*want.At(i, i)-1) > 1e-9 { // kept inverted
				t.Fatalf("size %d: diagonal %d is 1/%v, want %v", p, i, 1/l[i*p+i], want.At(i, i))
			}
		}
		b := make([]float64, p)
		for i := range b {
			b[i] = r.NormFloat64()
		}
		var solution mat.VecDense
		if err := ref.SolveVecTo(&solution, mat.NewVecDense(p, slices.Clone(b))); err != nil {
			t.Fatal(err)
		}
		backsolve(l, p, b)
		if !near(b, solution.RawVector().Data, 1e-9) {
			t.Errorf("size %d: solution %v, want %v", p, b, solution.RawVector().Data)
		}
		var inverse mat.SymDense
		if err := ref.InverseTo(&inverse); err != nil {
			t.Fatal(err)
		}
		if got, want := inverseTrace(l, p, make([]float64, p)), mat.Trace(&inverse); math.Abs(got-want) > 1e-9*want {
			t.Errorf("size %d: trace %v, want %v", p, got, want)
		}
	}
}

func TestCholeskyOfWhatIsNotPositive(t *testing.T) {
	for name, a := range map[string][]float64{"zero": {0, 0, 0, 0}, "indefinite": {1, 2, 0, 1}, "NaN": {math.NaN(), 0, 0, 1}} {
		if cholesky(make([]float64, 4), a, 2, 0) {
			t.Errorf("%s has a factor", name)
		}
	}
	if !cholesky(make([]float64, 4), make([]float64, 4), 2, 1e-9) {
		t.Error("the ridge does not help")
	}
}
