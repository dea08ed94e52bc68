package charts

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // the tests need zones wherever they run

	"aiops/metric"
)

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"}

func zone(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Whatever the range and the zone: ticks ascend, keep their distance, and no
// label touches its neighbour or leaves the figure.
func checkTicks(t *testing.T, r metric.Range, z *time.Location, width float64) {
	t.Helper()
	f := Figure{Theme: Light, Zone: z, Range: r, Panels: []Panel{{}}}
	p := newPlan(&f, Size{width, 200})
	plot := p.Panels[0].X1 - p.Panels[0].X0
	last := math.Inf(-1)
	for _, k := range p.ticks {
		x := p.X(k.at)
		if k.at < r.From || k.at > r.To || x-last < 0.3*closest {
			t.Fatalf("%v %v %v: tick %s at %.1f after %.1f", r, z, width, k.label, x, last)
		}
		last = x
	}
	if r.Len() >= 1000 && plot > 500 && r.Len() < 500*365*day && len(p.ticks) < 2 {
		t.Fatalf("%v %v: %d ticks over %.0f pixels", r, z, len(p.ticks), plot)
	}
	ends := [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, l := range p.timeTexts() {
		row := 0
		if l.second {
			row = 1
		}
		x0, x1 := l.extent()
		if x0 < ends[row]+4 || x0 < 0 || x1 > width {
			t.Fatalf("%v %v: label %q at %.1f-%.1f after %.1f", r, z, l.text, x0, x1, ends[row])
		}
		ends[row] = x1
	}
}

func FuzzTimeTicks(f *testing.F) {
	f.Add(int64(1_700_000_000), int64(1), uint8(1), uint16(1000))
	f.Add(int64(-5_000_000_000), int64(1<<40), uint8(3), uint16(300))
	f.Fuzz(func(t *testing.T, from, length int64, z uint8, width uint16) {
		from = from % 8_000_000_000 * second
		length = 1 + (length&math.MaxInt64)%(1000*365*day)
		checkTicks(t, metric.Range{From: from, To: from + length}, zone(t, zones[int(z)%len(zones)]), 100+float64(width%3000))
	})
}

func TestTimeTicks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		length := int64(math.Exp(rnd.Float64()*math.Log(float64(300*365*day)))) + 1
		from := rnd.Int64N(4_000_000_000)*second - 2_000_000_000*second
		checkTicks(t, metric.Range{From: from, To: from + length}, zone(t, zones[rnd.IntN(len(zones))]), 200+rnd.Float64()*2000)
	}
}

// On the days when Berlin changes its clocks the ticks stay on local hours.
func TestTicksOverClockChange(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	for _, d := range []time.Time{time.Date(2026, 3, 29, 0, 0, 0, 0, z), time.Date(2026, 10, 25, 0, 0, 0, 0, z)} {
		ticks, _ := timeTicks(metric.NewRange(d, d.AddDate(0, 0, 1)), z, 700)
		var got []string
		for _, k := range ticks {
			got = append(got, k.label)
		}
		want := "00:00 03:00 06:00 09:00 12:00 15:00 18:00 21:00 00:00"
		if s := join(got); s != want {
			t.Errorf("%s: %s", d.Format("2 Jan"), s)
		}
	}
}

func join(s []string) (out string) {
	for i, v := range s {
		if i > 0 {
			out += " "
		}
		out += v
	}
	return out
}

func TestSecondRow(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	f := Figure{Zone: z, ThisYear: 2026, Panels: []Panel{{}},
		Range: metric.NewRange(time.Date(2026, 12, 31, 12, 0, 0, 0, z), time.Date(2027, 1, 1, 12, 0, 0, 0, z))}
	var got []string
	for _, l := range newPlan(&f, Size{900, 200}).timeTexts() {
		if l.second {
			got = append(got, l.text)
		}
	}
	if s := join(got); s != "Thu 31 Dec Fri 1 Jan 2027" {
		t.Error(s)
	}
}

func TestValueAxis(t *testing.T) {
	tests := []struct {
		u      metric.Unit
		lo, hi float64
		want   string
	}{
		{metric.Percent, 8.1, 95.1, "0 %|20 %|40 %|60 %|80 %|100 %"},
		{metric.Percent, 56, 98, "50 %|60 %|70 %|80 %|90 %|100 %"},
		{metric.Percent, 0, 0, "0 %|0.2 %|0.4 %|0.6 %|0.8 %|1.0 %"},
		{metric.Milliseconds, 23.3, 218, "0 ms|50 ms|100 ms|150 ms|200 ms|250 ms"},
		{metric.Milliseconds, 200, 4100, "0 s|1 s|2 s|3 s|4 s|5 s"},
		{metric.Bytes, 41.5 * (1 << 30), 52.65 * (1 << 30), "40 GiB|44 GiB|48 GiB|52 GiB|56 GiB"},
		{metric.BytesPerSecond, 0, 60 << 20, "0 MiB/s|16 MiB/s|32 MiB/s|48 MiB/s|64 MiB/s"},
		{metric.PerSecond, 10, 412, "0 /s|100 /s|200 /s|300 /s|400 /s|500 /s"},
		{metric.None, -3, 4, "−4|−2|0|2|4|6"},
		{metric.None, 0, 123456, "0 k|50 k|100 k|150 k"},
		{metric.None, 0, 1e300, "0|5e299|1e300|1.5e300"},
	}
	for _, c := range tests {
		a := newValueAxis(c.u, c.lo, c.hi, false, 300)
		got := ""
		for i, l := range a.labels {
			if i > 0 {
				got += "|"
			}
			for _, r := range l {
				if r == '\u00a0' {
					r = ' '
				}
				got += string(r)
			}
		}
		if got != c.want {
			t.Errorf("%q %v..%v: %s, want %s", c.u, c.lo, c.hi, got, c.want)
		}
	}
}

// Any finite data: the axis holds them, has few labels, and all of them differ.
func TestValueAxisHolds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	units := []metric.Unit{metric.None, metric.Percent, metric.Bytes, metric.BytesPerSecond, metric.Milliseconds, metric.PerSecond}
	for range 20_000 {
		lo := (rnd.Float64() - 0.3) * math.Pow(10, rnd.Float64()*300-rnd.Float64()*280)
		hi := lo + math.Abs(lo)*math.Pow(10, 4-rnd.Float64()*16)
		u, height := units[rnd.IntN(len(units))], 20+rnd.Float64()*600
		a := newValueAxis(u, lo, hi, rnd.IntN(4) == 0 && hi-lo > 1e-6*math.Abs(lo), height)
		slack := 1e-8*(a.hi-a.lo) + 1e-9*math.Abs(lo)
		if !(a.lo < a.hi) || a.lo > lo+slack || a.hi < hi-slack || math.IsInf(a.hi-a.lo, 0) {
			t.Fatalf("%q %g..%g: axis %g..%g", u, lo, hi, a.lo, a.hi)
		}
		if n := len(a.labels); n > maxLabels || n > 3 && height/float64(n-1) < 14 {
			t.Fatalf("%q %g..%g: %d labels on %.0f", u, lo, hi, n, height)
		}
		seen := map[string]bool{}
		for _, l := range a.labels {
			if seen[l] || len([]rune(l)) > 24 {
				t.Fatalf("%q %g..%g: labels %q", u, lo, hi, a.labels)
			}
			seen[l] = true
		}
	}
}
