package prophet

import (
	"math"
	"math/rand/v2"
	"time"
)

// madeUp is a series with a bent trend, a season of each given period in days
// and noise.
func madeUp(n int, step time.Duration, periods ...float64) History {
	rng := rand.New(rand.NewPCG(uint64(n), 7))
	h := History{Times: make([]int64, n), Values: make([]float64, n)}
	start := time.Date(2015, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at := start.Add(time.Duration(i) * step)
		h.Times[i] = at.UnixMicro()
		t := float64(i) / float64(n)
		v := 50 + 20*t - 35*max(0, t-0.4) + 30*max(0, t-0.7) + rng.NormFloat64()
		for k, p := range periods {
			turns := at.Sub(start).Hours() / 24 / p
			v += 5 / float64(k+1) * math.Sin(2*math.Pi*turns+float64(k))
		}
		h.Values[i] = v
	}
	return h
}

// benchSeries is a 5-minute series with a season of a week and of a day.
func benchSeries(n int) History { return madeUp(n, 5*time.Minute, 7, 1) }

// ahead is the times of a history and as many after it.
func ahead(h History, after int) Future {
	n := len(h.Times)
	step := h.Times[n-1] - h.Times[n-2]
	f := Future{Times: append([]int64{}, h.Times...)}
	for i := range after {
		f.Times = append(f.Times, h.Times[n-1]+int64(i+1)*step)
	}
	return f
}
