package view

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// big is a store with one series of a point a second over ten days: too many to read whole.
func big(t testing.TB) *fake {
	s := &fake{}
	n := 10 * 24 * 3600
	s.put(dbCPU, grid(at(t, "2026-11-13 14:35"), time.Second, n), wave(10, 90, 24*3600, n))
	return s
}

// small is a store with three short series and different units.
func small(t testing.TB) *fake {
	s := &fake{}
	n := 60 * 24 * 12
	times := grid(at(t, "2026-09-24 15:35"), 5*time.Minute, n) // summer time: the last point is at 14:30
	s.put(dbCPU, times, wave(20, 60, 288, n))
	s.put(dbMem, times, wave(40*(1<<30), 44*(1<<30), 288, n))
	s.put(dbLat, times, wave(20, 30, 288, n))
	return s
}

func TestPlanSmallSeriesAreReadOnce(t *testing.T) {
	clock, _ := newClock(t)
	s := small(t)
	f := open(t, s, clock, Last24Hours)
	if len(s.asked) != 1 || s.asked[0].MaxPoints != 0 || len(s.asked[0].Keys) != 3 {
		t.Fatalf("asked %+v", s.asked)
	}
	f.ZoomTime(f.Visible().From, 0.1)
	f.PanBy(-3)
	f.SetCompare(Compare{Kind: FourWeeks})
	f.SetPreset(AllTimes)
	if p, ok := f.Plan(); ok {
		t.Errorf("wants %+v although all is there", p)
	}
	if len(f.Figure(themes[0]).Panels) != 3 {
		t.Error("not a panel a unit")
	}
}

func TestPlanBigSeriesFollowTheView(t *testing.T) {
	clock, _ := newClock(t)
	s := big(t)
	f := open(t, s, clock, AllTimes)
	if d := f.Scene().Series[0]; d.Data.Step == 0 || d.Loading {
		t.Fatalf("the overview is not rolled up: step %d", d.Data.Step)
	}
	end := f.Base().To
	zoom := 0
	for f.Visible().Len() > 600*1e6 {
		f.ZoomTime(end, 0.8)
		if f.Scene().Series[0].Data.Len() == 0 {
			t.Fatal("nothing to draw while the finer points are being read")
		}
		read(t, f, s)
		zoom++
	}
	if d := f.Scene().Series[0].Data; d.Step != 0 {
		t.Errorf("step %s in a window of 10 min", Duration(d.Step))
	}
	if reads := len(s.asked); reads > zoom {
		t.Errorf("%d reads for %d steps of the wheel", reads, zoom)
	}
	asked := len(s.asked)
	f.PanBy(-0.3)
	f.PanBy(0.2)
	read(t, f, s)
	if len(s.asked) != asked {
		t.Error("a short pan reads again")
	}
	f.PanBy(-20)
	read(t, f, s)
	if len(s.asked) != asked+1 {
		t.Errorf("a long pan reads %d times", len(s.asked)-asked)
	}
}

func TestPlanAsksForThePlotsPixels(t *testing.T) {
	clock, _ := newClock(t)
	s := big(t)
	f := open(t, s, clock, AllTimes)
	f.SetWidth(4000)
	p, ok := f.Plan()
	if !ok || len(p.Reads) == 0 {
		t.Fatal("a wider plot wants nothing")
	}
	perPixel := float64(p.Reads[0].MaxPoints) / float64(p.Reads[0].Range.Len()) * float64(f.Visible().Len()) / 4000
	if perPixel < 1.9 || perPixel > 2.1 {
		t.Errorf("%.2f points a pixel", perPixel)
	}
}

func TestApplyDropsStaleResults(t *testing.T) {
	clock, _ := newClock(t)
	s := big(t)
	f := open(t, s, clock, AllTimes)
	f.ZoomTime(f.Base().From, 0.01)
	early, ok := f.Plan()
	if !ok {
		t.Fatal("no plan")
	}
	if _, again := f.Plan(); again {
		t.Error("the plan under way is made again")
	}
	f.PanBy(30)
	late, ok := f.Plan()
	if !ok || late.Generation <= early.Generation {
		t.Fatalf("no newer plan: %+v", late)
	}
	fetch := func(p Plan) Result {
		r, err := Fetch(context.Background(), s, p)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if !f.Apply(fetch(late)) || f.Apply(fetch(early)) || f.Apply(fetch(late)) {
		t.Error("an older or a repeated result went in")
	}
	if f.Loading() {
		t.Error("still loading")
	}
	before := fetch(late)
	f.Reset()
	if f.Apply(before) {
		t.Error("a result of the database before went in")
	}
}

func TestFetchFails(t *testing.T) {
	clock, _ := newClock(t)
	s := small(t)
	f := NewFact(DefaultState(), clock)
	f.SetCatalog(s.catalog())
	f.Select(dbCPU)
	p, _ := f.Plan()
	s.fail = store.ErrLocked
	_, err := Fetch(context.Background(), s, p)
	if !errors.Is(err, store.ErrLocked) {
		t.Fatalf("error %v", err)
	}
	f.Fail(p, err)
	if !errors.Is(f.Err(), store.ErrLocked) || f.Loading() {
		t.Errorf("error %v, loading %v", f.Err(), f.Loading())
	}
	s.fail = nil
	read(t, f, s) // the same plan again
	if f.Err() != nil || f.Scene().Series[0].Data == nil {
		t.Error("the second try is not in")
	}
}

func TestFetchStops(t *testing.T) {
	clock, _ := newClock(t)
	f := NewFact(DefaultState(), clock)
	s := small(t)
	f.SetCatalog(s.catalog())
	f.Select(dbCPU)
	p, _ := f.Plan()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fetch(ctx, s, p); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// After new points have come, what is there stays drawn until they are read.
func TestRefresh(t *testing.T) {
	clock, hand := newClock(t)
	s := small(t)
	f := open(t, s, clock, LastHour)
	base := f.Base()
	hand.add(10 * time.Minute)
	last := &s.series[0]
	last.Times = append(last.Times, clock.Micros()-1e6)
	last.Values = append(last.Values, 99)
	f.SetCatalog(s.catalog())
	if f.Base() != base.Shift(600e6) {
		t.Errorf("the range did not move on: %v, %v", f.Base(), base)
	}
	if f.Scene().Series[0].Data == nil {
		t.Error("the chart is empty while it is being refreshed")
	}
	asked := len(s.asked)
	read(t, f, s)
	if d := f.Scene().Series[0].Data; d.Mean[d.Len()-1] != 99 {
		t.Error("the new point is not in")
	}
	if got := s.asked[asked:]; len(got) != 1 || len(got[0].Keys) != 1 {
		t.Errorf("read again: %+v", got)
	}
}

func TestDeselectedSeriesAreForgotten(t *testing.T) {
	clock, _ := newClock(t)
	s := small(t)
	f := open(t, s, clock, LastHour)
	f.Toggle(dbMem)
	if n := len(f.cache); n != 2 {
		t.Errorf("%d series are held, 2 are selected", n)
	}
	f.Clear()
	if len(f.cache) != 0 || len(f.Scene().Series) != 0 {
		t.Error("something is left")
	}
}

// kept is a store that has its series whole.
type kept struct {
	*fake
	whole map[metric.Key]*metric.Pyramid
}

func (k kept) Pyramid(key metric.Key) *metric.Pyramid { return k.whole[key] }

func TestWholeSeriesAreNotCopied(t *testing.T) {
	clock, _ := newClock(t)
	s := kept{big(t), map[metric.Key]*metric.Pyramid{}}
	s.whole[dbCPU] = metric.NewPyramid(s.series[0].Envelope())
	f := NewFact(DefaultState(), clock)
	f.SetCatalog(s.catalog())
	f.Select(dbCPU)
	read(t, f, s)
	if f.Scene().Series[0].Data != s.whole[dbCPU] || len(s.asked) != 0 {
		t.Errorf("read %d times", len(s.asked))
	}
	f.ZoomTime(f.Visible().From, 0.001)
	f.SetCompare(Compare{Kind: PreviousDay})
	if p, ok := f.Plan(); ok {
		t.Errorf("wants %+v although all is there", p)
	}
}

func TestManySeriesInOneQuery(t *testing.T) {
	clock, _ := newClock(t)
	s := &fake{}
	n := wholeBelow + 1
	times := grid(at(t, "2026-11-20 00:00"), 10*time.Second, n)
	for i := range 50 {
		s.put(metric.Key{VM: fmt.Sprintf("vm-%02d", i), Metric: "cpu"}, times, ramp(0, n))
	}
	f := open(t, s, clock, LastHour)
	if len(s.asked) != 2 {
		t.Errorf("%d queries for the view and the overview of 50 series", len(s.asked))
	}
	if !f.OfferPerVM() {
		t.Error("one panel a VM is not offered for 50 series")
	}
	f.SetArrange(PerVM)
	if got := len(f.Figure(themes[0]).Panels); got != 50 || f.OfferPerVM() {
		t.Errorf("%d panels", got)
	}
}
