package metric

import (
	"math/rand/v2"
	"testing"
	"time"
)

func at(text string) int64 {
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMicro()
		}
	}
	panic(text)
}

func day(t int64) string { return Time(t).Format("2006-01-02") }

func TestParseStep(t *testing.T) {
	for text, want := range map[string]Step{
		"5m": {5, StepMinute}, "5min": {5, StepMinute}, "30s": {30, StepSecond}, "1h": {1, StepHour}, "d": {1, StepDay}, "1b": {1, StepBusiness}, "2w": {2, StepWeek},
		"1mo": {1, StepMonth}, "1q": {3, StepMonth}, "2Q": {6, StepMonth}, "1y": {1, StepYear}, "250ms": {250_000, StepMicro}, "7us": {7, StepMicro}, "5 M": {5, StepMinute},
		"1500000us": {1_500_000, StepMicro}, "86400s": {86400, StepSecond},
	} {
		if got, err := ParseStep(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "0m", "-5m", "m5", "5 parsecs", "1.5h", "99999999999999999999s", "1000000y", "9223372036854775807us", "9000000000000000000ms", "3000000000000000000q"} {
		if got, err := ParseStep(text); err == nil {
			t.Errorf("%q is read as %+v of %d us", text, got, got.Micros())
		}
	}
}

// What is written is read back, also of steps that were found in data.
func TestStepString(t *testing.T) {
	steps := []Step{{1, StepMicro}, {30, StepSecond}, {5, StepMinute}, {1, StepHour}, {1, StepDay}, {1, StepBusiness}, {1, StepWeek}, {1, StepMonth}, {3, StepMonth}, {1, StepYear},
		StepOf(1_500_000), StepOf(90e6), StepOf(7 * 86400e6), StepOf(1), StepOf(3601e6), StepOf(86400e6*365 + 1)}
	for _, s := range steps {
		if got, err := ParseStep(s.String()); err != nil || got != s {
			t.Errorf("%v is read as %+v, %v", s, got, err)
		}
	}
	if s := (Step{}); !s.Zero() || s.String() != "" {
		t.Errorf("no step is %q", s)
	}
	for micros, want := range map[int64]string{86400e6: "1d", 3600e6: "1h", 5400e6: "90m", 300e6: "5m", 61e6: "61s", 1500: "1500us"} {
		if got := StepOf(micros); got.String() != want || got.Micros() != micros {
			t.Errorf("%d us: %v of %d us, want %s", micros, got, got.Micros(), want)
		}
	}
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		from, step string
		n          int
		want       string
	}{
		{"2023-01-31", "1mo", 1, "2023-02-28"}, {"2024-01-31", "1mo", 1, "2024-02-29"}, {"2023-01-31", "1mo", 2, "2023-03-31"}, {"2023-01-30", "1mo", 1, "2023-02-28"},
		{"2023-01-30", "1mo", 2, "2023-03-30"}, {"2023-02-28", "1mo", 1, "2023-03-31"}, {"2023-04-30", "1mo", 1, "2023-05-31"}, {"2023-04-15", "1mo", -4, "2022-12-15"},
		{"2023-01-01", "1mo", 25, "2025-02-01"}, {"2023-12-01", "1q", 1, "2024-03-01"}, {"2023-11-30", "1q", 1, "2024-02-29"}, {"2024-02-29", "1y", 1, "2025-02-28"},
		{"2024-02-29", "1y", 4, "2028-02-29"}, {"2023-06-15", "2y", -1, "2021-06-15"}, {"2023-01-01", "1mo", 0, "2023-01-01"},
		{"2024-03-01", "1b", 1, "2024-03-04"}, {"2024-03-01", "1b", 5, "2024-03-08"}, {"2024-03-04", "1b", -1, "2024-03-01"}, {"2024-03-06", "1b", 8, "2024-03-18"},
		{"2024-03-01", "2b", 1, "2024-03-05"}, {"2024-03-02", "1b", 0, "2024-03-02"}, // a Saturday
		{"2024-03-02", "1b", 1, "2024-03-04"}, {"2024-03-02", "1b", 5, "2024-03-08"}, {"2024-03-03", "1b", 6, "2024-03-11"},
		{"2024-03-02", "1b", -1, "2024-03-01"}, {"2024-03-03", "1b", -5, "2024-02-26"},
		{"2024-02-28", "1d", 2, "2024-03-01"}, {"2024-02-28", "1w", -1, "2024-02-21"}, {"1969-12-31", "1d", 1, "1970-01-01"},
	} {
		s, err := ParseStep(c.step)
		if err != nil {
			t.Fatal(err)
		}
		if got := day(s.Add(at(c.from), c.n)); got != c.want {
			t.Errorf("%s and %d x %s: %s, want %s", c.from, c.n, c.step, got, c.want)
		}
	}
	if got := (Step{1, StepMonth}).Add(at("2023-01-31T13:14:15")+250, 1); got != at("2023-02-28T13:14:15")+250 {
		t.Errorf("the time of day changes: %v", Time(got))
	}
}

// Steps ascend, whatever they begin with, and business days are Monday to Friday.
func TestAddAscends(t *testing.T) {
	for _, s := range []Step{{1, StepMicro}, {5, StepMinute}, {1, StepDay}, {1, StepBusiness}, {2, StepBusiness}, {7, StepBusiness}, {1, StepMonth}, {3, StepMonth}, {1, StepYear}} {
		for start := range 40 {
			from := at("2023-12-28") + int64(start)*86400e6
			last := s.Add(from, -30)
			for n := -29; n < 60; n++ {
				now := s.Add(from, n)
				if now <= last {
					t.Fatalf("%v from %s: step %d is %s after %s", s, day(from), n, day(now), day(last))
				}
				if w := Time(now).Weekday(); s.Unit == StepBusiness && n != 0 && (w == time.Saturday || w == time.Sunday) {
					t.Fatalf("%v from %s: step %d is a %v", s, day(from), n, w)
				}
				last = now
			}
		}
	}
}

func times(from string, s Step, n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = s.Add(at(from), i)
	}
	return out
}

func TestFindStep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	jitter := func(ts []int64, most int64) []int64 {
		for i := range ts {
			ts[i] += r.Int64N(2*most+1) - most
		}
		return ts
	}
	without := func(ts []int64, drop func(i int) bool) []int64 {
		var out []int64
		for i, x := range ts {
			if !drop(i) {
				out = append(out, x)
			}
		}
		return out
	}
	day := Step{1, StepDay}
	for _, c := range []struct {
		name  string
		times []int64
		want  string
	}{
		{"nothing", nil, ""}, {"one point", times("2024-01-01", day, 1), ""}, {"the same time twice", []int64{5, 5}, ""},
		{"5 minutes", times("2024-01-01", Step{5, StepMinute}, 50), "5m"}, {"milliseconds", times("2024-01-01", Step{1000, StepMicro}, 50), "1000us"},
		{"5 minutes with holes", without(times("2024-01-01", Step{5, StepMinute}, 300), func(i int) bool { return i%7 == 0 || i > 100 && i < 200 }), "5m"},
		{"5 minutes and some milliseconds", jitter(times("2024-01-01", Step{5, StepMinute}, 300), 20_000), "5m"},
		{"5 minutes and some seconds", jitter(times("2024-01-01", Step{5, StepMinute}, 300), 9e6), "5m"},
		{"5 seconds and some milliseconds", jitter(times("2024-01-01", Step{5, StepSecond}, 300), 50_000), "5s"},
		{"days", times("2024-01-01", day, 40), "1d"}, {"business days", times("2024-01-01", Step{1, StepBusiness}, 40), "1b"},
		{"a working week", times("2024-01-01", Step{1, StepBusiness}, 5), "1d"}, // too short to tell
		{"business days with a holiday", without(times("2024-01-01", Step{1, StepBusiness}, 60), func(i int) bool { return i == 30 }), "1b"},
		{"weeks", times("2024-01-01", Step{7, StepDay}, 40), "7d"}, {"four weeks", times("2024-01-01", Step{28, StepDay}, 20), "28d"},
		{"months", times("2024-01-01", Step{1, StepMonth}, 30), "1mo"}, {"months' ends", times("2024-01-31", Step{1, StepMonth}, 30), "1mo"},
		{"January to March", times("2023-01-01", Step{1, StepMonth}, 3), "1mo"}, {"February and March", times("2023-02-01", Step{1, StepMonth}, 2), "1mo"},
		{"quarters", times("2024-01-01", Step{3, StepMonth}, 12), "3mo"}, {"years", times("2020-01-01", Step{1, StepYear}, 6), "1y"},
		{"months with holes", without(times("2020-01-01", Step{1, StepMonth}, 60), func(i int) bool { return i%9 == 8 }), "1mo"},
	} {
		if got := FindStep(c.times).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFixed(t *testing.T) {
	for text, want := range map[string]bool{"1s": true, "1d": true, "1w": true, "1b": false, "1mo": false, "1y": false} {
		if s, err := ParseStep(text); err != nil || s.Fixed() != want {
			t.Errorf("%s: %t, %v", text, s.Fixed(), err)
		}
	}
}
