package capacity

import (
	"math"
	"testing"
	"time"

	"aiops/metric"
)

const day = 24 * hour

// fiveMinutes makes a series of days from midnight on; f gets the days passed.
func fiveMinutes(days float64, f func(day float64) float64) metric.Series {
	s := metric.Series{Key: metric.Key{VM: "a", Metric: "x"}}
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	for i := range int(days * 288) {
		s.Times, s.Values = append(s.Times, start+int64(i)*hour/12), append(s.Values, f(float64(i)/288))
	}
	return s
}

func season(d float64) float64 { return 50 + 20*math.Sin(2*math.Pi*d) }
func disk(d float64) float64   { return 40 + d/2 + 0.1*math.Sin(2*math.Pi*d) }

func TestCoarsen(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     func(float64) float64
		span  time.Duration
		below bool
		how   string
		step  string
	}{
		{"short horizon", season, 48 * time.Hour, false, "", ""},
		{"a week", season, 7 * 24 * time.Hour, false, "", ""},
		{"90 days", season, 90 * 24 * time.Hour, false, "hourly maximum", "1h"},
		{"half a year", season, 182 * 24 * time.Hour, false, "daily maximum", "1d"},
		{"below", season, 90 * 24 * time.Hour, true, "hourly minimum", "1h"},
		{"disk", disk, 90 * 24 * time.Hour, false, "daily mean", "1d"},
		{"disk, short horizon", disk, 24 * time.Hour, false, "", ""},
	} {
		got := Coarsen(fiveMinutes(60, c.f), c.span, Threshold{Value: 90, Below: c.below})
		if got.How != c.how || got.Step.String() != c.step {
			t.Errorf("%s: %q by %v, want %q by %s", c.name, got.How, got.Step, c.how, c.step)
		}
		if c.how != "" && metric.FindStep(got.Times) != got.Step {
			t.Errorf("%s: the points are %v apart", c.name, metric.FindStep(got.Times))
		}
	}
}

// A bucket has the time of its last point; one that is not over is left out.
func TestBuckets(t *testing.T) {
	s := fiveMinutes(20.5, func(d float64) float64 { return math.Mod(d*288, 12) })
	c := Coarsen(s, 90*24*time.Hour, Threshold{})
	if c.How != "hourly maximum" || c.Len() != 20*24+12 || c.Values[7] != 11 || c.Times[0] != s.Times[11] || c.Times[c.Len()-1] != s.Times[s.Len()-1] {
		t.Fatalf("%s, %d points", c.How, c.Len())
	}
	s = fiveMinutes(30.4, disk)
	c = Coarsen(s, 90*24*time.Hour, Threshold{})
	if c.How != "daily mean" || c.Len() != 30 || math.Abs(c.Values[3]-(40+3.5/2)) > 0.01 || c.Times[0] != s.Times[287] {
		t.Errorf("%s, %d points, %v", c.How, c.Len(), c.Values)
	}
}

// What cannot be put together stays as it is.
func TestCoarsenOddSeries(t *testing.T) {
	none := metric.Series{}
	one := metric.Series{Times: []int64{5}, Values: []float64{1}}
	three := metric.Series{Times: []int64{0, 60e6, 120e6}, Values: []float64{1, 2, 3}}
	huge := fiveMinutes(30, func(d float64) float64 { return math.Copysign(math.MaxFloat64, math.Mod(d, 2)-1) })
	before := fiveMinutes(3, season)
	for i := range before.Times {
		before.Times[i] -= 60 * 365 * day
	}
	for _, s := range []metric.Series{none, one, three} {
		if c := Coarsen(s, 365*24*time.Hour, Threshold{}); c.How != "" || c.Len() != s.Len() {
			t.Errorf("%d points became %d by %q", s.Len(), c.Len(), c.How)
		}
	}
	if c := Coarsen(before, 90*24*time.Hour, Threshold{}); c.How != "hourly maximum" || c.Len() != 72 {
		t.Errorf("before 1970: %d points by %q", c.Len(), c.How)
	}
	for _, v := range Coarsen(huge, 365*24*time.Hour, Threshold{}).Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatal("huge values overflow")
		}
	}
}

func TestSentences(t *testing.T) {
	dates := func(days ...float64) (d [3]Date) {
		for i, v := range days {
			if v > 0 {
				d[i] = Date{Probabilities[i], origin + int64(v*float64(day))}
			}
		}
		return d
	}
	for want, o := range map[string]Outlook{
		"Reaches 90 % on Wed 16 Dec; 30 % by 14 Dec, 90 % by 24 Dec":                   {Dates: dates(21, 23, 31), Final: 1},
		"Reaches 90 % on Wed 16 Dec; 30 % by 14 Dec, 90 % not within 6 weeks":          {Dates: dates(21, 23, 0), Final: 0.7},
		"Reaches 90 % on Tue 5 Jan 2027; 30 % by 31 Dec, 90 % by 9 Jan 2027":           {Dates: dates(38, 43, 47), Final: 1},
		"Reaches 90 % on Tue 24 Nov 18:00; 30 % by 24 Nov 12:00, 90 % by 25 Nov 06:00": {Dates: dates(1, 1.25, 1.75), Final: 1},
		"Falls to 90 % on Wed 16 Dec; 30 % by 14 Dec, 90 % by 24 Dec":                  {Dates: dates(21, 23, 31), Final: 1, Threshold: Threshold{Below: true}},
		"Possible within 6 weeks (42 %); 30 % by 14 Dec":                               {Dates: dates(21), Final: 0.42},
		"Not within 6 weeks (12 %)":                                                    {Final: 0.12},
		"Not within 6 weeks":                                                           {Final: 0.001},
		"Above 90 % already":                                                           {Already: true, Final: 1},
		"Below 90 % already":                                                           {Already: true, Final: 1, Threshold: Threshold{Below: true}},
	} {
		o.Key, o.Origin, o.End, o.Threshold.Value = metric.Key{VM: "a", Metric: "cpu"}, origin, origin+42*day, 90
		if got := o.Sentence(time.UTC); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	o := Outlook{Key: metric.Key{VM: "a", Metric: "latency"}, Threshold: Threshold{Value: 250}, Already: true}
	if got := o.Sentence(time.UTC); got != "Above 250 ms already" {
		t.Errorf("%q", got)
	}
}

func TestSpans(t *testing.T) {
	for want, micros := range map[string]int64{"30 min": hour / 2, "48 h": 2 * day, "7 days": 7 * day, "6 weeks": 42 * day, "90 days": 90 * day, "365 days": 365 * day, "14 h": 14 * hour} {
		if got := spanText(micros); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
