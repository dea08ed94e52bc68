package alert

import (
	"math"
	"testing"
	"time"

	"aiops/metric"
)

// fire is an episode of a rule on a VM's cpu, in minutes after Monday, 00:00 UTC.
func fire(rule, vm string, from, to int64) []metric.Transition {
	t := metric.Transition{Key: metric.Key{VM: vm, Metric: "cpu"}, Rule: rule, Hash: "1", Time: monday + from*minute, From: metric.Inactive, To: metric.Firing, Severity: metric.Warning}
	end := t
	end.Time, end.From, end.To = monday+to*minute, metric.Firing, metric.Resolved
	if to == 0 {
		return []metric.Transition{t}
	}
	return []metric.Transition{t, end}
}

func timeline(parts ...[]metric.Transition) []metric.Transition {
	var out []metric.Transition
	for _, p := range parts {
		out = append(out, p...)
	}
	for i := range out { // by time
		for j := i; j > 0 && out[j].Time < out[j-1].Time; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

func TestAnalyze(t *testing.T) {
	all := timeline(fire("high", "web-01", 60, 70), fire("high", "web-01", 80, 100), fire("high", "web-01", 110, 111), fire("high", "web-02", 25*60, 27*60), fire("disk", "db-01", 30*60, 0))
	all[0].Silence = 7
	a := Analyze(all, metric.Range{From: monday, To: monday + 2*24*60*minute}, time.FixedZone("x", 3600))
	if a.Fired != 5 || a.FiringNow != 1 || a.Silenced != 1 {
		t.Errorf("%+v", a)
	}
	// 1, 10, 20, 120 minutes: the median is the lower middle one, the 90th percentile the last.
	if a.ToResolve != (Distribution{4, 10 * time.Minute, 120 * time.Minute}) {
		t.Errorf("to resolve %+v", a.ToResolve)
	}
	// 01:00, 01:20 and 01:50 UTC on Monday; 01:00 and 06:00 on Tuesday; an hour later in the zone.
	if a.Weeks[0][2] != 3 || a.Weeks[1][2] != 1 || a.Weeks[1][7] != 1 {
		t.Errorf("weeks %v", a.Weeks)
	}
	if r := a.Rules; len(r) != 2 || r[0].Name != "high" || r[0].Fired != 4 || r[0].PerDay != 2 || r[0].Firing != 151*time.Minute || r[1].Firing != 18*time.Hour || r[1].ToResolve.N != 0 {
		t.Errorf("rules %+v", r)
	}
	if v := a.VMs; len(v) != 3 || v[0].Name != "web-01" || v[0].Fired != 3 {
		t.Errorf("VMs %+v", v)
	}
	if s := a.Severities; len(s) != 1 || s[0].Name != "warning" || s[0].Changes != 9 {
		t.Errorf("severities %+v", s)
	}
	if s := a.Series[0]; s.Key.VM != "web-01" || s.Busiest != 6 || !s.Flapping() || a.Series[1].Flapping() {
		t.Errorf("series %+v", a.Series)
	}
}

func TestAnalyzeNothingAndAll(t *testing.T) {
	if a := Analyze(nil, metric.Range{}, time.UTC); a.Fired != 0 || a.Rules != nil || a.Edits != nil || a.ToResolve.N != 0 {
		t.Errorf("%+v", a)
	}
	a := Analyze(fire("high", "web-01", 0, 60), metric.All, time.UTC)
	if a.Fired != 1 || a.Rules[0].Firing != time.Hour || math.IsInf(a.Rules[0].PerDay, 0) {
		t.Errorf("%+v", a)
	}
	if a := Analyze(fire("high", "web-01", 0, 60), metric.Range{From: monday + 1, To: monday + 2}, time.UTC); a.Fired != 0 {
		t.Errorf("%+v", a)
	}
}

func TestEdits(t *testing.T) {
	day := int64(24 * 60)
	before := timeline(fire("high", "a", 0, 10), fire("high", "a", day, day+10), fire("high", "b", day, day+20), fire("other", "a", 5, 6))
	after := timeline(fire("high", "a", 2*day, 2*day+10), fire("high", "a", 6*day, 6*day+10))
	for i := range after {
		after[i].Hash = "2"
	}
	e := Analyze(timeline(before, after), metric.Range{}, time.UTC).Edits
	if len(e) != 1 || e[0].Rule != "high" || e[0].At != monday+2*day*minute || e[0].Before != "1" || e[0].After != "2" || e[0].FiredBefore != 3 || e[0].FiredAfter != 2 || e[0].DaysBefore != 2 {
		t.Errorf("%+v", e)
	}
	if d := e[0].DaysAfter; math.Abs(d-4) > 0.01 {
		t.Errorf("%v days after", d)
	}
}

func TestHashesFollowTheText(t *testing.T) {
	a := rules(t, highCPU)[0]
	b := rules(t, "  # a remark\n"+highCPU)[0]
	c := rules(t, "  - {name: high, kind: threshold, above: 91, for: 10m}\n")[0]
	if a.Hash() != b.Hash() || a.Hash() == c.Hash() {
		t.Error(a.Hash(), b.Hash(), c.Hash())
	}
}

func TestStanding(t *testing.T) {
	all := timeline(fire("high", "b", 0, 10), fire("high", "a", 5, 0), fire("disk", "a", 7, 0))
	if f := Firing(all); len(f) != 2 || f[0].Rule != "disk" || f[1].VM != "a" {
		t.Errorf("%+v", f)
	}
	if p := PendingNow(all); len(p) != 0 {
		t.Errorf("%+v", p)
	}
	all[0].Silence = 1
	all = append(all, metric.Transition{To: metric.Pending})
	if n := Notified(all); len(n) != 3 {
		t.Errorf("%+v", n)
	}
}
