package smooth

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// metric is a level with a day of 8 steps, a week of 56 and noise.
func metric(n int, noise float64, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for i := range y {
		y[i] = pure(i) + noise*r.NormFloat64()
	}
	return y
}

func pure(i int) float64 {
	v := 100 + 10*math.Sin(2*math.Pi*float64(i%8)/8)
	if i/8%7 >= 5 {
		v -= 20
	}
	return v
}

// Without noise the first two weeks already tell everything; with noise of 1
// the error of a forecast stays near it (mean absolute error of a normal: 0.8).
func TestSeasonsComeBack(t *testing.T) {
	for _, c := range []struct{ noise, most float64 }{{0, 1e-6}, {1, 0.6}} {
		y := metric(56*8+13, c.noise, 3)
		out := make([]float64, 112)
		Roll(y, 8, 56, []int{len(y)})[0].Forecast(out)
		var sum float64
		for h, v := range out {
			sum += math.Abs(v-pure(len(y)+h)) / float64(len(out))
		}
		if sum > c.most {
			t.Errorf("noise %v: %v from the truth on average, want at most %v", c.noise, sum, c.most)
		}
	}
}

// reference is the recursion of Taylor (2003) written down directly: states by
// absolute place, one-step errors corrected for the last one.
func reference(y []float64, p Params, short, long, horizon int) []float64 {
	n := min(len(y), 2*max(short, long, 5))
	var level float64
	for _, v := range y[:n] {
		level += v / float64(n)
	}
	mean := func(season int, rest func(i int) float64) map[int]float64 {
		s, c := map[int]float64{}, map[int]float64{}
		for i := range n {
			s[i%season] += rest(i)
			c[i%season]++
		}
		for k := range s {
			s[k] /= c[k]
		}
		return s
	}
	day, week := map[int]float64{}, map[int]float64{}
	if short > 1 {
		day = mean(short, func(i int) float64 { return y[i] - level })
	}
	if long > 1 {
		week = mean(long, func(i int) float64 { return y[i] - level - day[i%max(1, short)] })
	}
	var last float64
	for i, v := range y {
		e := v - (level + day[i%max(1, short)] + week[i%max(1, long)])
		level += p.Level * e
		if short > 1 {
			day[i%short] += p.Short * e
		}
		if long > 1 {
			week[i%long] += p.Long * e
		}
		last = e
	}
	out := make([]float64, horizon)
	for h := range out {
		i := len(y) + h
		out[h] = level + day[i%max(1, short)] + week[i%max(1, long)] + math.Pow(p.Error, float64(h+1))*last
	}
	return out
}

func TestFollowStepByStep(t *testing.T) {
	p := Params{Level: 0.2, Short: 0.1, Long: 0.3, Error: 0.6}
	for _, c := range []struct {
		name        string
		short, long int
		ns          []int
	}{
		{"day and week", 8, 56, []int{112, 113, 200, 331}}, {"a day", 8, 0, []int{20, 33}}, {"no season", 0, 0, []int{11, 12, 30}},
		{"less than a season", 8, 56, []int{5}}, {"one point", 0, 0, []int{1}}, {"a season of one", 1, 8, []int{40}},
	} {
		y := metric(c.ns[len(c.ns)-1], 5, 7)
		for i, m := range Follow(y, p, c.short, c.long, c.ns) {
			got := make([]float64, 60)
			m.Forecast(got)
			want := reference(y[:c.ns[i]], p, c.short, c.long, 60) // the first origin knows the start
			for h := range got {
				if math.Abs(got[h]-want[h]) > 1e-9 {
					t.Fatalf("%s, %d points, step %d: %v, want %v", c.name, c.ns[i], h, got[h], want[h])
				}
			}
		}
	}
}

// What is found must be better than every start, and than doing nothing.
func TestSearchImproves(t *testing.T) {
	walk := make([]float64, 300)
	r := rand.New(rand.NewPCG(1, 2))
	for i := 1; i < len(walk); i++ {
		walk[i] = walk[i-1] + r.NormFloat64()
	}
	for name, y := range map[string][]float64{"a metric": metric(400, 3, 1), "a walk": walk} {
		found := Search(y, 8, 56)
		loss := func(p Params) float64 {
			m := start(y, p, 8, 56)
			return m.run(y, min(len(y)/4, 56))
		}
		for _, p := range []Params{{0.05, 0.1, 0.1, 0.7}, {0.3, 0.2, 0.2, 0.2}, {0.01, 0.3, 0.2, 0.9}, {}} {
			if a, b := loss(found), loss(p); a >= b {
				t.Errorf("%s: %+v has a loss of %v, %+v one of %v", name, found, a, p, b)
			}
		}
		for _, v := range []float64{found.Level, found.Short, found.Long, found.Error} {
			if v <= 0 || v >= 1 {
				t.Errorf("%s: %+v is not between 0 and 1", name, found)
			}
		}
	}
	// A walk's next value is its last: level and error together must follow it.
	m := Roll(walk, 0, 0, []int{300})[0]
	out := make([]float64, 1)
	if m.Forecast(out); math.Abs(out[0]-walk[299]) > 1 {
		t.Errorf("after %v a walk goes on with %v", walk[299], out[0])
	}
}

// The same data must not be changed, and rolls must not share their states.
func TestRollLeavesDataAlone(t *testing.T) {
	y := metric(200, 2, 4)
	before := slices.Clone(y)
	models := Roll(y, 8, 56, []int{120, 160, 200})
	out, again := make([]float64, 60), make([]float64, 60)
	models[0].Forecast(out)
	models[2].Forecast(again)
	models[0].Forecast(again)
	if !slices.Equal(out, again) || !slices.Equal(y, before) {
		t.Error("a forecast changes with the models after it, or the data changed")
	}
}
