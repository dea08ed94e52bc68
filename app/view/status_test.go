package view

import (
	"testing"

	"aiops/metric"
	"aiops/store"
)

func TestStatus(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	check := func(want string) {
		t.Helper()
		if got := plain(f.Status()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check("51,840 points shown, step 5 min")
	f.ShowRange(metric.Range{From: at(t, "2026-11-23 08:00"), To: at(t, "2026-11-23 09:00")})
	check("36 points shown, step 5 min")
	f = open(t, big(t), clock, AllTimes)
	check("864,000 points shown, step 1 s, drawn by 1 min 4 s")
	f = open(t, pictureTwo(t), clock, AllTimes)
	f.SetCustom(metric.Range{From: 0, To: 1})
	if got := f.Status(); got != "0 points shown" {
		t.Error(got)
	}
	one := &fake{}
	one.put(dbCPU, []int64{at(t, "2026-11-23 08:00")}, []float64{1})
	f = open(t, one, clock, AllTimes)
	check("1 point shown")
}

func TestEmpty(t *testing.T) {
	clock, _ := newClock(t)
	s := small(t)
	s.put(web, nil, nil)
	f := NewFact(DefaultState(), clock)
	f.SetCatalog(s.catalog())
	if room, ok := f.Empty(); !ok || room.Text != "Choose VMs and metrics on the left" {
		t.Errorf("no selection: %+v", room)
	}
	f.Select(dbCPU)
	if _, ok := f.Empty(); ok {
		t.Error("empty while reading")
	}
	read(t, f, s)
	if _, ok := f.Empty(); ok {
		t.Error("empty with points")
	}
	f.SetCustom(metric.Range{From: at(t, "2025-01-01 00:00"), To: at(t, "2025-01-02 00:00")})
	if room, ok := f.Empty(); !ok || room.Text != "No points in this range." || room.Do != ShowAllTimes {
		t.Errorf("before the first point: %+v", room)
	}
	f.Clear()
	f.Select(web)
	if room, ok := f.Empty(); !ok || room.Text != "The selected series have no points" {
		t.Errorf("a series without points: %+v", room)
	}
	f.SetCatalog([]store.SeriesInfo{})
	if _, ok := f.Empty(); !ok {
		t.Error("an empty database is not empty")
	}
}

func TestToggleVM(t *testing.T) {
	clock, _ := newClock(t)
	s := small(t)
	f := NewFact(DefaultState(), clock)
	f.SetCatalog(s.catalog())
	for _, want := range []Box{Ticked, Unticked, Ticked} {
		f.ToggleVM(f.Tree("").VMs[0])
		if got := f.Tree("").VMs[0].Box; got != want {
			t.Errorf("box %d, want %d", got, want)
		}
	}
	f.Toggle(dbMem)
	f.ToggleVM(f.Tree("").VMs[0]) // partly: the rest is added
	if f.Tree("").VMs[0].Box != Ticked || f.State().Selection.Slot(dbMem) < 0 {
		t.Error("a partly ticked VM is not completed")
	}
}

func TestWhatTheCopyDoesNotHold(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	f.SetCustom(metric.Range{From: 1, To: 60e6})
	if room, empty := f.Empty(); !empty || room.Text != "No points in this range." {
		t.Errorf("online: %+v, %v", room, empty)
	}
	f.SetAway("fleet")
	if room, empty := f.Empty(); !empty || room.Text != "The local copy does not hold these points. They come when fleet can be reached again." || room.Button != "" {
		t.Errorf("away: %+v, %v", room, empty)
	}
}
