package smooth

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// On a line theta goes on with half the slope from the smoothed level (Hyndman
// & Billah 2003: simple smoothing with drift).
func TestThetaOnALine(t *testing.T) {
	y := make([]float64, 50)
	for i := range y {
		y[i] = 3 + 2*float64(i)
	}
	out := make([]float64, 10)
	Theta(y, 0, out)
	level := y[0]
	for _, v := range y[1:] { // the quickest smoothing, 0.9, errs least on a line
		level += 0.9 * (v - level)
	}
	for h, v := range out {
		want := level + 1*(float64(h)+(1-math.Pow(0.1, 50))/0.9)
		if math.Abs(v-want) > 1e-9 {
			t.Errorf("step %d: %v, want %v", h, v, want)
		}
	}
}

// The season is added, whatever the length is a multiple of, even and odd ones.
func TestThetaOnTrendAndSeason(t *testing.T) {
	for _, season := range []int{4, 5, 12} {
		shape := func(i int) float64 { return 10 * math.Cos(2*math.Pi*float64(i)/float64(season)) }
		for n := 6 * season; n < 7*season; n++ {
			y := make([]float64, n)
			for i := range y {
				y[i] = 200 + 0.1*float64(i) + shape(i)
			}
			out := make([]float64, 2*season)
			Theta(y, season, out)
			for h, v := range out {
				// half of the slope is damped away, and at most that may be missing
				if want := 200 + 0.1*float64(n+h) + shape(n+h); math.Abs(v-want) > 0.05*float64(h)+0.7 {
					t.Fatalf("season %d, %d points, step %d: %v, want %v", season, n, h, v, want)
				}
			}
		}
	}
}

// Factors are about zero, the season's without a trend, and the rest is without season.
func TestDeseason(t *testing.T) {
	for _, c := range []struct{ season, n int }{{4, 8}, {4, 9}, {5, 10}, {7, 20}, {24, 100}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			y := make([]float64, c.n)
			var mean float64
			for i := range c.season {
				mean += float64(i*i%5) / float64(c.season)
			}
			for i := range y {
				y[i] = 50 + 0.5*float64(i) + float64(i%c.season*(i%c.season)%5)
			}
			adjusted, factors := deseason(y, c.season)
			for k, f := range factors {
				if want := float64(k*k%5) - mean; math.Abs(f-want) > 1e-9 {
					t.Errorf("place %d: %v, want %v", k, f, want)
				}
			}
			for i, v := range adjusted {
				if want := 50 + 0.5*float64(i) + mean; math.Abs(v-want) > 1e-9 {
					t.Errorf("point %d without season: %v, want %v", i, v, want)
				}
			}
		})
	}
}

func TestTrendSlope(t *testing.T) {
	for _, c := range []struct {
		y    []float64
		want float64
	}{{[]float64{5}, 0}, {[]float64{1, 4}, 3}, {[]float64{0, 1, 0, 1}, 0.2}, {[]float64{9, 7, 5, 3}, -2}} {
		if got := trendSlope(c.y); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v: slope %v, want %v", c.y, got, c.want)
		}
	}
}

// Short and constant series are forecast near what they are.
func TestShortSeries(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17} {
		for _, season := range []int{0, 1, 2, 8} {
			flat, wave := slices.Repeat([]float64{-3}, n), make([]float64, n)
			for i := range wave {
				wave[i] = float64(i % 3)
			}
			for _, y := range [][]float64{flat, wave} {
				theta, smooth := make([]float64, 20), make([]float64, 20)
				Theta(y, season, theta)
				Roll(y, season, 0, []int{n})[0].Forecast(smooth)
				for h := range theta {
					lo, hi := slices.Min(y)-1e-9, slices.Max(y)+1e-9
					room := 20 * (hi - lo) // a trend of two points may go on
					if !(theta[h] >= lo-room && theta[h] <= hi+room && smooth[h] >= lo-room && smooth[h] <= hi+room) {
						t.Errorf("%v, season %d, step %d: theta %v, smoothing %v", y, season, h, theta[h], smooth[h])
					}
				}
			}
		}
	}
}
