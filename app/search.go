package app

import (
	"context"
	"errors"
	"sync"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// Search is Analyse that goes on: it keeps the detectors, so that a later run
// reads and scores new points only. Runs wait for each other.
type Search struct {
	// Once says that no run follows: each detector is given back when its series is
	// searched, as thousands of them take gigabytes.
	Once bool

	mu   sync.Mutex
	held map[metric.Key]*searched
}

// searched is a series as far as it was searched.
type searched struct {
	feed  *feed // nil: nothing was searched
	known Knowledge
	info  store.SeriesInfo
	from  int64 // what was learnt from begins here
	to    int64 // and what was asked for ended here
	all   []anomaly.Point
	err   error
}

// Found takes a VM whose metrics have all been searched.
type Found func(server ScoredServer, metrics []Scored)

// Run searches what r asks for; found, which may be nil, is told each VM as it is done.
func (s *Search) Run(ctx context.Context, st store.Store, r AnalyseRequest, p Progress, found Found) (Analysis, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	infos, err := r.series(ctx, st)
	if err != nil {
		return Analysis{}, err
	}
	r.Range = r.told()
	s.prepare(infos, r)
	out := Analysis{Range: r.Range}
	read := func(ctx context.Context, i int) (metric.Series, error) {
		return s.held[infos[i].Key].read(ctx, st, infos[i].Key, r.Range.To)
	}
	work := func(ctx context.Context, points metric.Series) (Scored, error) {
		h := s.held[points.Key]
		out := h.score(points, r)
		if s.Once {
			h.feed = nil
		}
		return out, ctx.Err()
	}
	first := 0 // of the VM at hand
	err = Each(ctx, len(infos), read, work, p, func(res Result[Scored]) error {
		i := len(out.Series)
		sc := res.Out
		sc.Key, sc.Err = infos[i].Key, res.Err
		if res.Err != nil {
			s.held[sc.Key].err = res.Err
		}
		out.Series = append(out.Series, sc)
		if i+1 == len(infos) || infos[i+1].VM != sc.VM {
			server := ScoredServer{sc.VM, scoreServer(out.Series[first:], r.Range)}
			out.Servers = append(out.Servers, server)
			if found != nil {
				found(server, out.Series[first:])
			}
			first = i + 1
		}
		return nil
	})
	if err != nil {
		s.held = nil // some have taken points in that are not counted
		return Analysis{}, err
	}
	if s.Once {
		s.held = nil
	} else {
		s.settle(infos, r.Range)
	}
	var spans []anomaly.Span
	for _, sc := range out.Series {
		spans = append(spans, sc.Spans...)
	}
	out.Incidents = anomaly.Group(spans, together)
	return out, nil
}

// prepare keeps the series that a run can go on with and begins the others.
func (s *Search) prepare(infos []store.SeriesInfo, r AnalyseRequest) {
	old := s.held
	s.held = make(map[metric.Key]*searched, len(infos))
	for _, info := range infos {
		from := r.Range.From
		if r.Range != metric.All {
			from -= learning * max(1, info.Step)
		}
		h := old[info.Key]
		if h == nil || h.err != nil || !h.goesOn(info, from, r.Range.To) {
			h = &searched{from: from}
		}
		h.known = r.known()
		s.held[info.Key] = h
	}
}

// goesOn reports whether new points lie behind all that were searched.
func (h *searched) goesOn(info store.SeriesInfo, from, to int64) bool {
	switch {
	case from < h.from && h.info.First < h.from || info.First != h.info.First:
		return false
	case to == h.to && info == h.info:
		return true
	}
	return h.to > h.info.Last && to > info.Last && info.Count >= h.info.Count && info.Last >= h.info.Last
}

// read reads what was not searched yet.
func (h *searched) read(ctx context.Context, st store.Store, k metric.Key, to int64) (metric.Series, error) {
	r := metric.Range{From: h.from, To: to}
	if n := len(h.all); n > 0 {
		r.From = max(r.From, h.all[n-1].Time+1)
	}
	if r.Empty() {
		return metric.Series{Key: k}, nil
	}
	points, err := store.Points(ctx, st, k, r)
	if errors.Is(err, store.ErrNotFound) {
		return metric.Series{Key: k}, nil
	}
	return points, err
}

// settle remembers how far every series was searched.
func (s *Search) settle(infos []store.SeriesInfo, told metric.Range) {
	for _, info := range infos {
		s.held[info.Key].info, s.held[info.Key].to = info, told.To
	}
}

// score takes new points in and tells those of the range.
func (h *searched) score(points metric.Series, r AnalyseRequest) Scored {
	if h.feed == nil {
		h.feed = newFeed(points.Key, h.known)
	}
	h.feed.known = h.known
	for i, t := range points.Times {
		h.all = append(h.all, h.feed.next(t, points.Values[i]))
	}
	out := Scored{Key: points.Key, all: h.all}
	out.Step = spacingOf(h.all)
	out.Points = h.all[firstIn(h.all, r.Range):]
	out.Spans = anomaly.Spans(points.Key, out.Points, max(1, out.Step))
	return out
}

// Forget lets series be searched anew: what is known of them has changed.
func (s *Search) Forget(keys ...metric.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		delete(s.held, k)
	}
}

// spacingOf is the usual distance of points.
func spacingOf(points []anomaly.Point) int64 {
	times := make([]int64, len(points))
	for i, p := range points {
		times[i] = p.Time
	}
	return metric.Spacing(times)
}

// All is the series' points with those before the range, as far back as was learnt from.
func (s Scored) All() []anomaly.Point { return s.all }

// Held is of how many series detectors are kept for the next run.
func (s *Search) Held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held)
}

// Drop gives back all that is kept for the next run.
func (s *Search) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = nil
}
