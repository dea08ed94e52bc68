package app

import (
	"context"
	"slices"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// AnalyseRequest says what is searched for anomalies.
type AnalyseRequest struct {
	Keys    []metric.Key                       // none: every series
	Range   metric.Range                       // what is told; the zero Range: all times
	Options func(k metric.Key) anomaly.Options // what a person knows of a metric; nil: nothing
	Quiet   func(k metric.Key, t int64) bool   // maintenance: not judged but learnt from; nil: never
	Skip    func(k metric.Key, t int64) bool   // neither judged nor learnt from; nil: never
}

func (r AnalyseRequest) known() Knowledge { return Knowledge{r.Options, r.Quiet, r.Skip} }

// Analysis is what the search found.
type Analysis struct {
	Range     metric.Range
	Series    []Scored // ordered by key
	Servers   []ScoredServer
	Incidents []anomaly.Incident // by time
}

// Scored is a series with the scores of its points in the range.
type Scored struct {
	metric.Key
	Step   int64
	Points []anomaly.Point
	Spans  []anomaly.Span
	Err    error // why it could not be read

	all []anomaly.Point // with those before the range
}

// ScoredServer is a VM with its scores.
type ScoredServer struct {
	VM     string
	Points []anomaly.ServerPoint
}

// learning is how much history before the range a detector learns from, in points.
const learning = 6000

// together is how far apart the beginnings of anomalies of one incident may lie.
const together = 15 * 60e6

// Analyse searches series of a database on all cores. What comes before the
// range is learnt from and not told.
func Analyse(ctx context.Context, st store.Store, r AnalyseRequest, p Progress) (Analysis, error) {
	infos, err := r.series(ctx, st)
	if err != nil {
		return Analysis{}, err
	}
	r.Range = r.told()
	out := Analysis{Range: r.Range}
	work := func(ctx context.Context, s metric.Series) (Scored, error) { return r.score(s), ctx.Err() }
	err = Each(ctx, len(infos), r.reader(st, infos), work, p, func(res Result[Scored]) error {
		sc := res.Out
		sc.Key, sc.Err = infos[len(out.Series)].Key, res.Err
		out.Series = append(out.Series, sc)
		return nil
	})
	if err != nil {
		return Analysis{}, err
	}
	var spans []anomaly.Span
	for _, s := range out.Series {
		spans = append(spans, s.Spans...)
	}
	out.Incidents = anomaly.Group(spans, together)
	out.Servers = servers(out.Series, r.Range)
	return out, nil
}

func (r AnalyseRequest) score(s metric.Series) Scored {
	f := newFeed(s.Key, r.known())
	out := Scored{Key: s.Key, Step: metric.Spacing(s.Times)}
	for i, t := range s.Times {
		out.all = append(out.all, f.next(t, s.Values[i]))
	}
	out.Points = out.all[firstIn(out.all, r.told()):]
	out.Spans = anomaly.Spans(s.Key, out.Points, max(1, out.Step))
	return out
}

// servers scores each VM from its metrics' points at each time that any of them has.
func servers(series []Scored, told metric.Range) []ScoredServer {
	var out []ScoredServer
	for i := 0; i < len(series); {
		j := i
		for j < len(series) && series[j].VM == series[i].VM {
			j++
		}
		out = append(out, ScoredServer{series[i].VM, scoreServer(series[i:j], told)})
		i = j
	}
	return out
}

func scoreServer(metrics []Scored, told metric.Range) []anomaly.ServerPoint {
	var times []int64
	for _, m := range metrics {
		for _, p := range m.all {
			times = append(times, p.Time)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	var s anomaly.Server
	at := make([]int, len(metrics))
	var out []anomaly.ServerPoint
	for _, t := range times {
		var names []string
		var points []anomaly.Point
		for k, m := range metrics {
			if at[k] < len(m.all) && m.all[at[k]].Time == t {
				names, points = append(names, m.Metric), append(points, m.all[at[k]])
				at[k]++
			}
		}
		if p := s.Next(t, names, points); told.Contains(t) {
			out = append(out, p)
		}
	}
	return out
}
