package serve

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/metric"
)

// Kinds of events.
const (
	pointsEvent  = "points"  // series have new points
	anomalyEvent = "anomaly" // a new point is unusual
	alertEvent   = "alert"   // an alert's state changed
	jobEvent     = "job"     // a job's progress or end
	changeEvent  = "change"  // annotations, silences or predictions were changed
	resetEvent   = "reset"   // something may have been missed
)

type eventsInput struct {
	Kinds []string `query:"kind,explode" enum:"points,anomaly,alert,job,change" maxItems:"10" doc:"Only these; none: all"`
	Last  string   `header:"Last-Event-ID" maxLength:"64" doc:"The last event that the client has: it goes on from there"`
}

// seriesNews is what came to a series.
type seriesNews struct {
	VM     string    `json:"vm"`
	Metric string    `json:"metric"`
	Count  int       `json:"count"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
}

func (s *Server) events(_ context.Context, in *eventsInput) (*huma.StreamResponse, error) {
	return raw(func(w http.ResponseWriter, r *http.Request) { s.stream(w, r, in.Last, in.Kinds, nil) }), nil
}

// jobEvents tells of one job until it has ended.
func (s *Server) jobEvents(ctx context.Context, in *jobInput) (*huma.StreamResponse, error) {
	if _, err := s.jobs.find(ctx, in.ID); err != nil {
		return nil, err
	}
	return raw(func(w http.ResponseWriter, r *http.Request) {
		s.stream(w, r, "", []string{jobEvent}, func() (row jobRow, over bool) {
			row, err := s.jobs.find(r.Context(), in.ID)
			return row, err != nil || row.over()
		})
	}), nil
}

// Times of a stream.
const (
	heartbeat = 15 * time.Second
	writeWait = 10 * time.Second // a client that takes longer is dropped
)

// stream sends events until the client goes, falls behind, or watched is over.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, last string, kinds []string, watched func() (jobRow, bool)) {
	listener, before, missed, full := s.hub.join(last, kinds)
	if full {
		w.Header().Set("Retry-After", "10")
		writeProblem(w, r, huma.Error503ServiceUnavailable("The service has as many event streams as it may. Try again later."))
		return
	}
	defer s.hub.leave(listener)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	e := &eventWriter{w: w, control: http.NewResponseController(w)}
	e.buf = append(e.buf, "retry: 3000\n\n"...)
	if missed {
		e.buf = append(e.buf, "event: reset\ndata: {}\n\n"...)
	}
	if watched != nil {
		s.streamJob(r.Context(), e, listener, watched)
		return
	}
	for _, ev := range before {
		e.add(s.hub.id(ev.seq), ev)
	}
	if e.flush() != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case ev, ok := <-listener.ch:
			if !ok {
				return
			}
			e.add(s.hub.id(ev.seq), ev)
		case <-beat.C:
			e.buf = append(e.buf, ": beat\n\n"...)
		case <-r.Context().Done():
			return
		}
		if e.flush() != nil {
			return
		}
	}
}

// streamJob sends how one job stands whenever a job's event comes.
func (s *Server) streamJob(ctx context.Context, e *eventWriter, listener *eventStream, watched func() (jobRow, bool)) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	was := ""
	for {
		row, over := watched()
		if now := fmt.Sprint(row.Status, row.Done); now != was {
			was = now
			e.addJSON(jobEvent, row)
		} else {
			e.buf = append(e.buf, ": beat\n\n"...)
		}
		if e.flush() != nil || over {
			return
		}
		select {
		case _, ok := <-listener.ch:
			if !ok {
				return
			}
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// newsOf is what is told of points that came.
func newsOf(series []metric.Series) []seriesNews {
	out := make([]seriesNews, len(series))
	for i, s := range series {
		lo, hi := s.Times[0], s.Times[0]
		for _, t := range s.Times {
			lo, hi = min(lo, t), max(hi, t)
		}
		out[i] = seriesNews{s.VM, s.Metric, s.Len(), metric.Time(lo), metric.Time(hi)}
	}
	return out
}

// join is the news of one series after each other.
func (n seriesNews) join(o seriesNews) seriesNews {
	n.Count += o.Count
	if o.From.Before(n.From) {
		n.From = o.From
	}
	if o.To.After(n.To) {
		n.To = o.To
	}
	return n
}

// told tells streams which series have new points, at most 200 in an event.
func (h *hub) told(news []seriesNews) {
	for some := range slices.Chunk(news, 200) {
		h.publish(pointsEvent, some)
	}
}

// changed tells that something else than points changed.
func (s *Server) changed(what string) {
	s.opt.Cache.Wrote(context.Background())
	s.tell(changeEvent, map[string]string{"what": what})
}

// eventText documents a stream of events.
func eventText(op *huma.Operation, _ huma.Registry) {
	op.Responses["200"] = &huma.Response{Description: "Events until the client goes: points, anomaly, alert, job, change; reset says that events were missed", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}
