package view

import (
	"testing"
	"time"

	"aiops/metric"
)

const hour = int64(3600e6)

func TestComparePartsPlain(t *testing.T) {
	zone := berlin(t)
	r := metric.Range{From: at(t, "2026-11-23 08:30"), To: at(t, "2026-11-23 14:30")}
	for _, tc := range []struct {
		c    Compare
		want int64
	}{
		{Compare{Kind: PreviousPeriod}, 30 * hour},
		{Compare{Kind: PreviousDay}, 24 * hour},
		{Compare{Kind: PreviousWeek}, 7 * 24 * hour},
		{Compare{Kind: FourWeeks}, 28 * 24 * hour}, // the end of summer time, on 25 Oct, lies before 26 Oct
		{Compare{Kind: ShiftedBy, Shift: 90 * time.Minute}, hour + hour/2},
	} {
		got := tc.c.parts(r, 30*hour, zone)
		if len(got) != 1 || got[0].Range != r || got[0].shift != tc.want {
			t.Errorf("%s: %+v, want one part shifted by %d h", tc.c.Kind, got, tc.want/hour)
		}
	}
	if got := (Compare{}).parts(r, hour, zone); got != nil {
		t.Errorf("no comparison has parts: %+v", got)
	}
}

// Summer time ends in Berlin on Sun 25 Oct 2026 at 03:00 (back to 02:00) and
// begins on Sun 29 Mar 2026 at 02:00 (on to 03:00).
func TestCompareOverClockChange(t *testing.T) {
	for _, tc := range []struct {
		name     string
		from, to string
		kind     CompareKind
		want     []part // From and To are read from the strings below
		bounds   [][2]string
	}{
		{
			"whole window after the change", "2026-10-26 08:00", "2026-10-26 18:00", PreviousWeek,
			[]part{{shift: 169 * hour}}, [][2]string{{"2026-10-26 08:00", "2026-10-26 18:00"}},
		},
		{
			"the change lies in the window", "2026-10-24 12:00", "2026-10-25 12:00", PreviousDay,
			[]part{{shift: 24 * hour}, {shift: 25 * hour}},
			// the second two o'clock meets the same hour of the day before once more
			[][2]string{{"2026-10-24 12:00", "2026-10-25 02:00+1"}, {"2026-10-25 02:00+1", "2026-10-25 12:00"}},
		},
		{
			"the change lies in the compared day", "2026-10-25 12:00", "2026-10-26 12:00", PreviousDay,
			[]part{{shift: 24 * hour}, {shift: 25 * hour}, {shift: 24 * hour}}, nil,
		},
		{
			"the compared day lacks an hour", "2026-03-30 00:00", "2026-03-30 06:00", PreviousDay,
			[]part{{shift: 23 * hour}, {shift: 23 * hour}}, nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := metric.Range{From: at(t, tc.from), To: at(t, tc.to)}
			checkSameHours(t, Compare{Kind: tc.kind}.parts(r, 0, berlin(t)), r)
			for i, b := range tc.bounds {
				got := Compare{Kind: tc.kind}.parts(r, 0, berlin(t))
				if len(got) != len(tc.bounds) || got[i].shift != tc.want[i].shift || got[i].From != boundary(t, b[0]) || got[i].To != boundary(t, b[1]) {
					t.Fatalf("parts %+v, want %v", got, tc.bounds)
				}
			}
		})
	}
}

// boundary reads "2026-10-25 02:00+1" as the second two o'clock of that night.
func boundary(t *testing.T, text string) int64 {
	if len(text) > 16 {
		return at(t, "2026-10-25 01:00") + 2*hour
	}
	return at(t, text)
}

// checkSameHours walks through the range: every visible quarter of an hour must
// meet the same time of day, or nothing if that day did not have it.
func checkSameHours(t *testing.T, parts []part, r metric.Range) {
	t.Helper()
	zone := berlin(t)
	for at := r.From; at < r.To; at += hour / 4 {
		var found []part
		for _, p := range parts {
			if p.Contains(at) {
				found = append(found, p)
			}
		}
		now := time.UnixMicro(at).In(zone)
		want := now.AddDate(0, 0, -1)
		exists := want.Format("15:04") == now.Format("15:04")
		if len(found) > 1 || exists && len(found) == 0 || !exists && len(found) > 0 {
			t.Fatalf("%v is in %d parts of %+v", now, len(found), parts)
		}
		if len(found) == 1 {
			if then := time.UnixMicro(at - found[0].shift).In(zone); then.Format("15:04") != now.Format("15:04") {
				t.Fatalf("%v meets %v", now, then)
			}
		}
	}
}

func TestCompareTexts(t *testing.T) {
	clock, _ := newClock(t)
	day := metric.Range{From: at(t, "2026-11-23 08:30"), To: at(t, "2026-11-23 14:30")}
	two := metric.Range{From: at(t, "2026-11-22 14:35"), To: at(t, "2026-11-23 14:35")}
	for _, tc := range []struct {
		c     Compare
		r     metric.Range
		label string
		text  string
	}{
		{Compare{Kind: PreviousWeek}, day, "Mon 16 Nov", "Mon 16 Nov, same time of day"},
		{Compare{Kind: PreviousDay}, two, "Sat 21 Nov – Sun 22 Nov", "Sat 21 Nov – Sun 22 Nov, same time of day"},
		{Compare{Kind: PreviousPeriod}, day, "Mon 23 Nov", "Mon 23 Nov, the 6 h before"},
		{Compare{Kind: ShiftedBy, Shift: 36 * time.Hour}, day, "Sat 21 Nov – Sun 22 Nov", "Sat 21 Nov – Sun 22 Nov, 36 h earlier"},
		{Compare{}, day, "", ""},
	} {
		if got := tc.c.Label(tc.r, 6*hour, clock); got != tc.label {
			t.Errorf("%s: label %q, want %q", tc.c.Kind, got, tc.label)
		}
		if got := tc.c.Describe(tc.r, 6*hour, clock); got != tc.text {
			t.Errorf("%s: %q, want %q", tc.c.Kind, got, tc.text)
		}
	}
}
