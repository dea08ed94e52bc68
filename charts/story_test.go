package charts

import (
	"math"
	"math/rand/v2"
	"time"

	"aiops/metric"
)

// The story that the reference pictures tell: a day of four VMs, a backup, a
// deployment at 10:30 and an incident on db-01.

var berlin = func() *time.Location {
	return time.FixedZone("CET", 3600) // no zone files needed
}()

func at(y int, m time.Month, d, h, min int) int64 {
	return time.Date(y, m, d, h, min, 0, 0, berlin).UnixMicro()
}

var storyDay = metric.Range{From: at(2026, 11, 22, 14, 35), To: at(2026, 11, 23, 14, 35)}

// wander makes a smooth daily curve with noise that remembers itself.
func wander(seed uint64, r metric.Range, step int64, low, high, noise float64) metric.Series {
	rnd := rand.New(rand.NewPCG(seed, 7))
	var s metric.Series
	walk := 0.0
	for t := r.From; t < r.To; t += step {
		hours := math.Mod(float64(t)/3.6e9+1, 24)
		daily := 0.5 - 0.5*math.Cos((hours-1)/24*2*math.Pi)
		walk = 0.8*walk + rnd.NormFloat64()*noise
		s.Times = append(s.Times, t)
		s.Values = append(s.Values, low+(high-low)*daily*daily+walk)
	}
	return s
}

// lift raises the values inside r.
func lift(s metric.Series, r metric.Range, by float64) metric.Series {
	for i, t := range s.Times {
		if r.Contains(t) {
			ramp := min(1, float64(t-r.From)/6e8, float64(r.To-t)/6e8)
			s.Values[i] += by * ramp
		}
	}
	return s
}

// drop removes the points inside r.
func drop(s metric.Series, r metric.Range) metric.Series {
	var out metric.Series
	for i, t := range s.Times {
		if !r.Contains(t) {
			out.Times, out.Values = append(out.Times, t), append(out.Values, s.Values[i])
		}
	}
	return out
}

func line(name string, slot int, s metric.Series) Line {
	return Line{Name: name, Slot: slot, Data: metric.NewPyramid(s.Envelope()), GapNote: name}
}

var incident = metric.Range{From: at(2026, 11, 23, 10, 38), To: at(2026, 11, 23, 11, 30)}

// storyFact is picture 1: one panel, four lines.
func storyFact(t Theme) Figure {
	cpu := func(seed uint64, low, high float64) metric.Series {
		return wander(seed, storyDay, minute, low, high, 0.9)
	}
	db := lift(lift(cpu(3, 20, 52), incident, 42), metric.Range{From: at(2026, 11, 23, 2, 0), To: at(2026, 11, 23, 2, 42)}, 18)
	return Figure{
		Theme: t, Zone: berlin, Range: storyDay, ThisYear: 2026,
		Panels: []Panel{{
			Unit: metric.Percent,
			Lines: []Line{
				line("api-01", 0, lift(cpu(1, 14, 50), incident, 12)), line("api-02", 1, cpu(2, 13, 46)),
				line("db-01", 2, db), line("web-03", 3, drop(cpu(4, 9, 30), metric.Range{From: at(2026, 11, 23, 3, 8), To: at(2026, 11, 23, 4, 2)})),
			},
			Thresholds: []Threshold{{Value: 85}},
			Marks:      []Mark{{Time: at(2026, 11, 23, 10, 44), Value: 55, Ring: true}, {Time: at(2026, 11, 23, 10, 56), Value: 87, Slot: 2}},
		}},
		Spans: []Span{
			{Range: metric.Range{From: at(2026, 11, 23, 2, 0), To: at(2026, 11, 23, 2, 40)}},
			{Range: incident, Kind: SpanIncident},
		},
		Flags: []Flag{
			{Time: at(2026, 11, 23, 2, 0), Text: "Backup db-01"}, {Time: at(2026, 11, 23, 10, 30), Text: "Deploy api 4.12.0"},
			{Time: at(2026, 11, 23, 11, 24), Text: "Roll back api 4.11.3"},
		},
	}
}

// storyCompare is picture 2: three panels against last week.
func storyCompare(t Theme) Figure {
	r := metric.Range{From: at(2026, 11, 23, 8, 30), To: at(2026, 11, 23, 14, 30)}
	week := 7 * day
	pair := func(seed uint64, slot int, low, high, noise, jump float64) []Line {
		now := line("today", slot, lift(wander(seed, r, minute, low, high, noise), incident, jump))
		then := line("Mon 16 Nov", slot, wander(seed+9, r.Shift(-week), minute, low, high, noise))
		now.GapNote, then.GapNote = "", ""
		then.Style, then.Shift = Compared, week
		return []Line{now, then}
	}
	const gib = 1 << 30
	return Figure{
		Theme: t, Zone: berlin, Range: r, ThisYear: 2026,
		Panels: []Panel{
			{Title: "db-01 cpu", Unit: metric.Percent, Lines: pair(11, 0, 20, 55, 0.7, 42), Thresholds: []Threshold{{Value: 85}}},
			{Title: "db-01 memory, of 64 GiB", Unit: metric.Bytes, Lines: pair(12, 1, 38*gib, 44*gib, 0.08*gib, 9*gib)},
			{Title: "db-01 latency, p95 per minute", Unit: metric.Milliseconds, Lines: pair(13, 2, 22, 31, 0.7, 180)},
		},
		Spans: []Span{{Range: metric.Range{From: at(2026, 11, 23, 10, 30), To: at(2026, 11, 23, 11, 5)}, Kind: SpanSelected, Label: "35 min"}},
		Flags: []Flag{{Time: at(2026, 11, 23, 10, 30), Text: "Deploy api 4.12.0"}, {Time: at(2026, 11, 23, 11, 24), Text: "Roll back api 4.11.3"}},
	}
}

// storyForecast is picture 3: a filling disk with its intervals.
func storyForecast(t Theme) Figure {
	r := metric.Range{From: at(2026, 9, 14, 0, 0), To: at(2027, 1, 5, 0, 0)}
	now := at(2026, 11, 23, 0, 0)
	fact := metric.Series{}
	next := metric.Series{}
	b80, b50 := Band{Name: "80 % interval"}, Band{Name: "50 % interval", Strong: true}
	for i, t := 0, r.From; t < r.To; i, t = i+1, t+6*hour {
		v := 56 + 0.09*float64(i) + 0.6*math.Sin(float64(i)/28*2*math.Pi)
		if t <= now {
			fact.Times, fact.Values = append(fact.Times, t), append(fact.Values, v)
		}
		if t < now {
			continue
		}
		next.Times, next.Values = append(next.Times, t), append(next.Values, v)
		w := 0.4 * math.Sqrt(float64(t-now)/float64(day))
		for _, b := range []struct {
			*Band
			k float64
		}{{&b80, 1.28}, {&b50, 0.67}} {
			b.Times, b.Lower, b.Upper = append(b.Times, t), append(b.Lower, v-b.k*w), append(b.Upper, min(v+b.k*w, 100))
		}
	}
	prediction := line("prediction", 0, next)
	prediction.Style = Predicted
	return Figure{Theme: t, Zone: berlin, Range: r, Now: now, ThisYear: 2026,
		Panels: []Panel{{Title: "db-01 disk_used", Unit: metric.Percent, Lines: []Line{line("fact", 0, fact), prediction},
			Bands: []Band{b80, b50}, Thresholds: []Threshold{{Value: 90}}, LegendRight: true,
			Drops: []Drop{{Time: at(2026, 12, 10, 0, 0), Value: 90, Label: "30 %"}, {Time: at(2026, 12, 16, 0, 0), Value: 90, Label: "50 %", Strong: true},
				{Time: at(2026, 12, 24, 0, 0), Value: 90, Label: "90 %"}},
			Notes: []Callout{{Time: at(2026, 12, 16, 0, 0), Value: 90, Head: "Reaches 90 % on Wed 16 Dec", Text: "30 % by 10 Dec, 90 % by 24 Dec"}}}},
		Flags: []Flag{{Time: at(2026, 10, 26, 0, 0), Text: "Changepoint 26 Oct: growth ×2.3", Change: true}}}
}

// storyMany has what seldom comes together: many lines and flags, single
// points, gaps of several series, a dense line.
func storyMany(t Theme) Figure {
	f := Figure{Theme: t, Zone: berlin, Range: storyDay}
	p := Panel{Unit: metric.PerSecond, Thresholds: []Threshold{{Value: 400}}}
	for i := range 30 {
		s := wander(uint64(20+i), storyDay, 5*minute, float64(10*i), float64(10*i+100), 6)
		if i%9 == 1 {
			s = drop(s, metric.Range{From: at(2026, 11, 22, 20, 0), To: at(2026, 11, 22, 23, i)})
			s = drop(s, metric.Range{From: at(2026, 11, 22, 23, i+6), To: at(2026, 11, 23, 1, i)})
		}
		p.Lines = append(p.Lines, line("a-rather-long-name-"+string(rune('a'+i%26)), i, s))
	}
	p.Lines = append(p.Lines, line("dense", 2, wander(99, storyDay, second, 300, 420, 12)))
	f.Panels = []Panel{p}
	for i := range 12 {
		f.Flags = append(f.Flags, Flag{Time: at(2026, 11, 23, 5, 0) + int64(i*i)*4*minute, Text: "Deployment of everything, number " + string(rune('A'+i))})
	}
	return f
}

func storySpark(t Theme) Figure {
	f := storyFact(t)
	f.Bare = true
	f.Panels = []Panel{{Lines: f.Panels[0].Lines[2:3]}}
	f.Flags, f.Spans = nil, nil
	return f
}
