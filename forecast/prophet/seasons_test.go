package prophet

import (
	"math"
	"slices"
	"testing"
	"time"
)

// The rules are those of Prophet's set_auto_seasonalities.
func TestAutoSeasons(t *testing.T) {
	custom := Default()
	custom.Seasonalities = []Seasonality{{Name: "weekly", Period: 7, FourierOrder: 2}}
	replaced := custom
	replaced.WeeklySeasonality = 4
	forced := Default()
	forced.YearlySeasonality, forced.WeeklySeasonality, forced.DailySeasonality = 3, On, Off
	for _, c := range []struct {
		n      int
		step   time.Duration
		config Config
		want   []string
		orders []int
	}{
		{731, 24 * time.Hour, Default(), []string{"yearly", "weekly"}, []int{10, 3}},
		{730, 24 * time.Hour, Default(), []string{"weekly"}, []int{3}},
		{15, 24 * time.Hour, Default(), []string{"weekly"}, []int{3}},
		{14, 24 * time.Hour, Default(), nil, nil},
		{49, time.Hour, Default(), []string{"daily"}, []int{4}},
		{48, time.Hour, Default(), nil, nil},
		{24 * 15, time.Hour, Default(), []string{"weekly", "daily"}, []int{3, 4}},
		{120, 7 * 24 * time.Hour, Default(), []string{"yearly"}, []int{10}},
		{20, 24 * time.Hour, custom, []string{"weekly"}, []int{2}},
		{20, 24 * time.Hour, replaced, []string{"weekly"}, []int{4}},
		{49, time.Hour, forced, []string{"yearly", "weekly"}, []int{3, 3}},
	} {
		m := &Model{Config: c.config}
		m.setSeasons(madeUp(c.n, c.step).Times)
		var names []string
		var orders []int
		for _, s := range m.Seasons {
			names, orders = append(names, s.Name), append(orders, s.FourierOrder)
		}
		if !slices.Equal(names, c.want) || !slices.Equal(orders, c.orders) {
			t.Errorf("%d rows of %v: %v %v, want %v %v", c.n, c.step, names, orders, c.want, c.orders)
		}
	}
}

// Rotations and the addition theorem keep to the sine itself, on even and
// uneven times, before and after 1970, and between whole seconds.
func TestFourierIsTheSine(t *testing.T) {
	even := madeUp(5000, 5*time.Minute).Times
	uneven := slices.Clone(even)
	for i := range uneven {
		uneven[i] += int64(i%7) * 1_234_567
	}
	old := slices.Clone(even)
	for i := range old {
		old[i] -= 100 * 365 * day
	}
	for name, times := range map[string][]int64{"even": even, "uneven": uneven, "old": old} {
		for _, period := range []float64{365.25, 7, 1, 30.5} {
			m := newMatrix(len(times), 20)
			fourier(times, period, m.cols)
			for k := range 10 {
				for i, at := range times {
					length := int64(period * 86400)
					into := int64(math.Floor(float64(at)/1e6)) * int64(k+1) % length // exact
					s, c := math.Sincos(2 * math.Pi * float64(into) / float64(length))
					if math.Abs(m.cols[2*k][i]-s) > 1e-12 || math.Abs(m.cols[2*k+1][i]-c) > 1e-12 {
						t.Fatalf("%s, period %v, multiple %d, row %d: %v %v, want %v %v", name, period, k+1, i, m.cols[2*k][i], m.cols[2*k+1][i], s, c)
					}
				}
			}
		}
	}
}

// Prophet: np.linspace(0, floor(n*range)-1, n_changepoints+1).round(), without
// the first; fewer when the history is short.
func TestChangepointPlaces(t *testing.T) {
	for _, c := range []struct {
		rows, n int
		within  float64
		want    []int64
	}{
		{10, 25, 0.8, []int64{1, 2, 3, 4, 5, 6, 7}},
		{10, 2, 0.8, []int64{4, 7}}, // 3.5 rounds to even
		{3, 25, 0.8, []int64{1}},
		{2, 25, 0.8, []int64{}},
		{100, 4, 1, []int64{25, 50, 74, 99}},
		{100, 4, 0, []int64{}},
		{100, 0, 0.8, []int64{}},
	} {
		m := &Model{Config: Default()}
		m.Config.NChangepoints, m.Config.ChangepointRange = c.n, c.within
		times := make([]int64, c.rows)
		for i := range times {
			times[i] = int64(i)
		}
		if err := m.setChangepoints(times); err != nil || !slices.Equal(m.Changepoints, c.want) {
			t.Errorf("%+v: %v, %v", c, m.Changepoints, err)
		}
	}
}

func TestStandardize(t *testing.T) {
	for _, c := range []struct {
		s    Switch
		col  []float64
		want Standard
	}{
		{Auto, []float64{1, 2, 3}, Standard{2, 1}},
		{Auto, []float64{1, 0, 1}, Standard{0, 1}},
		{On, []float64{1, 0, 0, 1}, Standard{0.5, math.Sqrt(1.0 / 3)}},
		{Off, []float64{1, 2, 3}, Standard{0, 1}},
		{On, []float64{4, 4}, Standard{0, 1}},
		{Auto, []float64{0, 0.5, 1}, Standard{0.5, 0.5}},
	} {
		if got := standardize(c.s, c.col); got != c.want {
			t.Errorf("%v %v: %v, want %v", c.s, c.col, got, c.want)
		}
	}
}
