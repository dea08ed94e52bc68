package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

func TestCursorsSnapAndStep(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	if f.Cursors().On {
		t.Error("cursors are on at first")
	}
	f.SetTool(CursorsTool)
	c := f.Cursors()
	if !c.On || c.A == 0 || c.B <= c.A || c.UseB {
		t.Fatalf("placed at %+v", c)
	}
	f.PlaceCursor(false, at(t, "2026-11-23 10:30")+29e6)
	f.PlaceCursor(true, at(t, "2026-11-23 11:05")-29e6)
	steps := func(want string) {
		t.Helper()
		c := f.Cursors()
		if got := clock.Hour(c.A) + " " + clock.Hour(c.B); got != want {
			t.Fatalf("at %s, want %s", got, want)
		}
	}
	steps("10:30 11:05")
	f.StepCursor(1)
	f.StepCursor(10)
	steps("10:30 11:16")
	f.TakeCursor(false)
	f.StepCursor(-10)
	f.StepCursor(-1)
	steps("10:19 11:16")
	f.StepCursor(-500)
	steps("10:00 11:16")
	f.PlaceCursor(true, at(t, "2026-12-24 18:00"))
	steps("10:00 11:59")
	f.StepCursor(500)
	steps("10:00 11:59")
	if got := f.Cursors().Range(); got.Duration() != 119*time.Minute {
		t.Errorf("between: %v", got.Duration())
	}
}

// In a gap the cursor snaps to the end that is nearer.
func TestCursorInGap(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	f.Deselect(dbCPU, apiCPU)
	f.SetTool(CursorsTool)
	for _, tc := range [][2]string{{"2026-11-23 10:50", "10:30"}, {"2026-11-23 11:10", "11:25"}} {
		f.PlaceCursor(false, at(t, tc[0]))
		if got := clock.Hour(f.Cursors().A); got != tc[1] {
			t.Errorf("%s snaps to %s, want %s", tc[0], got, tc[1])
		}
	}
	f.StepCursor(-1)
	if got := clock.Hour(f.Cursors().A); got != "10:30" {
		t.Errorf("a step over the gap leads to %s", got)
	}
}

// The values are those of picture 2: db-01 on 23 and 16 November.
func pictureTwo(t testing.TB) *fake {
	s := &fake{}
	day := func(text string) int64 { return at(t, text) }
	put := func(k metric.Key, a, b, a7, b7 float64) {
		times := []int64{day("2026-11-16 10:00"), day("2026-11-16 10:30"), day("2026-11-16 11:05"), day("2026-11-16 11:35"),
			day("2026-11-23 10:00"), day("2026-11-23 10:30"), day("2026-11-23 11:05"), day("2026-11-23 11:35")}
		s.put(k, times, []float64{a7, a7, b7, b7, a, a, b, b})
	}
	put(dbCPU, 44.05, 90.43, 43.81, 47.78)
	put(dbMem, 41.97*(1<<30), 52.26*(1<<30), 42.92*(1<<30), 43.90*(1<<30))
	put(dbLat, 29.8, 174, 29.3, 24.7)
	return s
}

func panelText(p CursorPanel) string {
	out := []string{p.A + " | " + p.B + " | " + p.Length + " | " + p.Compared + " | " + p.BetweenBy}
	for _, b := range p.Blocks {
		out = append(out, fmt.Sprintf("%d %s [%s] %s %s", b.Slot, b.Name, b.Unit, b.Headline, b.Change))
		for _, r := range b.Rows {
			out = append(out, fmt.Sprintf("  %s | %s | %s | %s", r.Label, r.A, r.B, r.Diff))
		}
	}
	for _, b := range p.Between {
		out = append(out, fmt.Sprintf("%d %s | %s | %s | %s", b.Slot, b.Name, b.Mean, b.Max, b.Change))
	}
	return strings.ReplaceAll(strings.Join(out, "\n"), "\u00a0", " ")
}

func TestCursorPanel(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, pictureTwo(t), clock, Last24Hours)
	f.SetCustom(metric.Range{From: at(t, "2026-11-23 08:30"), To: at(t, "2026-11-23 14:30")})
	f.SetCompare(Compare{Kind: PreviousWeek})
	if got := f.CursorPanel(); len(got.Blocks) != 0 {
		t.Errorf("a panel without cursors: %+v", got)
	}
	f.SetTool(CursorsTool)
	f.PlaceCursor(false, at(t, "2026-11-23 10:30"))
	f.PlaceCursor(true, at(t, "2026-11-23 11:05"))
	want := `Mon 23 Nov 10:30:00 | Mon 23 Nov 11:05:00 | 35 min | Compared with Mon 16 Nov, same time of day | mean against Mon 16 Nov
0 cpu [%] +46.4 points ×2.1
  Today | 44.0 | 90.4 | +46.4
  Mon 16 Nov | 43.8 | 47.8 | +4.0
  Difference | +0.2 | +42.7 | 
1 latency [ms] +144 ms ×5.8
  Today | 29.8 | 174 | +144
  Mon 16 Nov | 29.3 | 24.7 | −4.6
  Difference | +0.5 | +149 | 
2 memory_bytes [GiB] +10.29 GiB +24.5 %
  Today | 41.97 | 52.26 | +10.29
  Mon 16 Nov | 42.92 | 43.90 | +0.98
  Difference | −0.95 | +8.36 | 
0 cpu | 67.2 % | 90.4 % | +21.4 points
1 latency | 102 ms | 174 ms | ×3.8
2 memory_bytes | 47.11 GiB | 52.26 GiB | +8.5 %`
	if got := panelText(f.CursorPanel()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := f.CursorPanel().Copy(); !strings.HasPrefix(got, "\tMon 23 Nov 10:30:00\tMon 23 Nov 11:05:00\t35 min\ncpu, %\tA\tB\tB − A\nToday\t44.0\t90.4\t+46.4\n") {
		t.Errorf("copied\n%s", got)
	}
	fig := f.Figure(themes[0])
	if last := fig.Spans[len(fig.Spans)-1]; last.Label != "35 min" || last.Duration() != 35*time.Minute {
		t.Errorf("the span between the cursors is %+v", last)
	}
}

func TestCursorPanelInGap(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	f.SetTool(CursorsTool)
	f.PlaceCursor(true, at(t, "2026-11-23 11:00"))
	f.PlaceCursor(false, at(t, "2026-11-23 10:10"))
	b := f.CursorPanel().Blocks[2]
	if b.Name != "web-03 cpu" || b.Rows[0].B != "no data" || b.Headline != "–" || b.Rows[0].Diff != "–" {
		t.Errorf("block %+v", b)
	}
	if got := f.CursorPanel().Compared; got != "" {
		t.Errorf("compared with %q", got)
	}
}

func TestCursorsComeBackWithTheTool(t *testing.T) {
	clock, _ := newClock(t)
	s := gappy(t)
	st := DefaultState()
	st.Span.Preset, st.Tool = AllTimes, CursorsTool
	f := NewFact(st, clock)
	f.SetCatalog(s.catalog())
	for _, info := range s.catalog() {
		f.Select(info.Key)
	}
	read(t, f, s)
	c := f.Cursors()
	if !c.On || c.A == 0 || c.B <= c.A {
		t.Fatalf("cursors of a restored state stand at %+v", c)
	}
	f.PlaceCursor(true, c.B+60e6)
	if f.SetTool(CursorsTool); f.Cursors().A != c.A {
		t.Errorf("cursor A moved from %d to %d", c.A, f.Cursors().A)
	}
}
