package export

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiops/app/view"
	"aiops/metric"
)

func findings(l level, names ...string) []finding {
	var out []finding
	for i, n := range names {
		out = append(out, finding{Level: l, Title: n + " alone", name: n, weight: float64(-i)})
	}
	return out
}

func TestRank(t *testing.T) {
	many := func(l level, prefix string, n int) []finding {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("%s%d", prefix, i+1))
		}
		return findings(l, names...)
	}
	for name, c := range map[string]struct {
		high, open, silent, over int
		want                     string
	}{
		"none":        {0, 0, 0, 0, ""},
		"one each":    {1, 1, 1, 1, "h1 alone|o1 alone|s1 alone|i1 alone"},
		"two kinds":   {2, 0, 2, 0, "h1 alone|h2 alone|s1 alone|s2 alone"},
		"too many":    {5, 0, 0, 0, "h1 alone|h2 alone|h3 alone|2 more too high"},
		"both":        {6, 0, 0, 3, "h1 alone|5 more too high|i1 alone|2 more over"},
		"all crowded": {9, 2, 1200, 2, "9 too high|2 open|1,200 silent|2 over"},
		"odd":         {3, 0, 1, 1, "h1 alone|2 more too high|s1 alone|i1 alone"},
	} {
		var got []string
		for _, f := range rank(group{many(critical, "h", c.high), "%s too high"}, group{many(critical, "o", c.open), "%s open"},
			group{many(noData, "s", c.silent), "%s silent"}, group{many(note, "i", c.over), "%s over"}) {
			got = append(got, f.Title)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

func TestHighNeedsAReason(t *testing.T) {
	series1 := func(name string, values ...float64) *series {
		s := metric.Series{Key: metric.Key{VM: "v", Metric: name}, Values: values}
		for i := range values {
			s.Times = append(s.Times, dayEnd.Add(time.Duration(i+1-len(values))*time.Minute).UnixMicro())
		}
		e := s.Envelope()
		return &series{Key: s.Key, Unit: metric.UnitOf(name), Data: e, Sum: metric.Summarize(e)}
	}
	j := &job{opt: options(), selection: &selection{Ref: dayEnd.UnixMicro()}}
	j.opt.Thresholds = view.Thresholds{{Metric: "visits", Value: 100}, {Metric: "disk_used", Value: 95}}
	stopped := series1("cpu", 99)
	stopped.Silent = 1
	for name, c := range map[string]struct {
		s    *series
		want string // "" for none
	}{
		"percent":         {series1("cpu", 80, 95, 96), "v cpu is above 90\u00a0%; 96.0\u00a0%, since 14:59"},
		"all the time":    {series1("cpu", 95, 96), "v cpu is above 90\u00a0%; 96.0\u00a0%, in the whole range"},
		"back below":      {series1("cpu", 99, 99, 89), ""},
		"own threshold":   {series1("visits", 99, 150), "v visits is above 100; 150, since 15:00, threshold"},
		"threshold rules": {series1("disk_used", 80, 92), ""},
		"no limit":        {series1("latency_ms", 1, 1e9), ""},
		"stopped":         {stopped, ""},
	} {
		f, ok := j.high(c.s)
		if got := f.Title + "; " + f.Detail; ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestIncidents(t *testing.T) {
	at := func(h int) int64 { return time.Date(2026, 11, 23, h, 0, 0, 0, time.UTC).UnixMicro() }
	j := &job{opt: options(), selection: &selection{Ref: dayEnd.UnixMicro(), VMs: []vmSelection{{Name: "v"}}}, notes: []metric.Annotation{
		{VM: "v", From: at(10), To: at(11), Kind: metric.Incident, Text: "slow"},
		{VM: "v", Metric: "cpu", From: at(12), To: at(20), Kind: metric.Incident, Text: "hot"},
		{From: at(-10), To: at(-9), Kind: metric.Incident, Text: "network"},
		{VM: "elsewhere", From: at(10), To: at(11), Kind: metric.Incident, Text: "not here"},
		{VM: "v", From: at(10), To: at(10), Kind: metric.Deployment, Text: "4.12"},
	}}
	open, over := j.incidents()
	var got []string
	for _, f := range append(open, over...) {
		got = append(got, string(f.Level)+" "+f.Title+": "+f.Detail)
	}
	want := "crit v incident, since 13:00: cpu: hot|note v incident, 11:00 – 12:00, over: slow|note Incident on all VMs, Sun 22 Nov 15:00 – 16:00, over: network"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}
