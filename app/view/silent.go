package view

import (
	"aiops/app"
	"aiops/forecast/anomaly"
)

// lateSteps is how many steps a series may be late before it is silent.
const lateSteps = 3

// silences are the VMs and series that have stopped while others went on. No
// detector can tell: it is asked only when a point comes. What has been silent
// for longer than it ever ran is over, not silent.
func (f *Findings) silences() (out []anomaly.Incident) {
	for i := 0; i < len(f.Series); {
		j := i
		var silent []anomaly.Span
		for ; j < len(f.Series) && f.Series[j].VM == f.Series[i].VM; j++ {
			if s, ok := f.silent(f.Series[j]); ok {
				silent = append(silent, s)
			}
		}
		if len(silent) == j-i {
			out = append(out, silenceOf(silent))
		} else {
			for _, s := range silent {
				out = append(out, silenceOf([]anomaly.Span{s}))
			}
		}
		i = j
	}
	return out
}

// silent is the time since a series' last point, if that is long.
func (f *Findings) silent(sc app.Scored) (anomaly.Span, bool) {
	all := sc.All()
	if len(all) == 0 || sc.Step <= 0 {
		return anomaly.Span{}, false
	}
	last, newest := all[len(all)-1], f.Plan.basis.last
	lag := newest - last.Time
	if lag <= lateSteps*sc.Step || lag > last.Time-all[0].Time || newest >= f.Plan.Range.To {
		return anomaly.Span{}, false
	}
	return anomaly.Span{Key: sc.Key, From: last.Time, To: newest, At: newest, Points: 1, Kind: anomaly.Gap, Value: last.Value, Expected: last.Expected}, true
}

// silenceOf makes an incident of silent series of one VM.
func silenceOf(spans []anomaly.Span) anomaly.Incident {
	in := anomaly.Incident{From: spans[0].From, To: spans[0].To, Spans: spans, Severity: anomaly.Warning}
	for _, s := range spans {
		in.From, in.To = min(in.From, s.From), max(in.To, s.To)
	}
	if len(spans) == 1 {
		in.Severity = anomaly.Notice
	}
	return in
}
