package serve

import (
	"context"
	"fmt"
	"net/http"
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
	changeEvent  = "change"  // annotations or silences were changed
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
func (s *Server) jobEvents(_ context.Context, in *jobInput) (*huma.StreamResponse, error) {
	if _, ok := s.jobs.Find(in.ID); !ok {
		return nil, huma.Error404NotFound("There is no job " + in.ID + ".")
	}
	return raw(func(w http.ResponseWriter, r *http.Request) {
		s.stream(w, r, "", []string{jobEvent}, func() (row jobRow, over bool) {
			j, _ := s.jobs.Find(in.ID)
			row = jobRowOf(j)
			return row, row.Status != "running"
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

// told tells streams which series have new points, at most 200 in an event.
func (h *hub) told(series []metric.Series) {
	var news []seriesNews
	for _, s := range series {
		n := seriesNews{VM: s.VM, Metric: s.Metric, Count: s.Len()}
		lo, hi := s.Times[0], s.Times[0]
		for _, t := range s.Times {
			lo, hi = min(lo, t), max(hi, t)
		}
		n.From, n.To = metric.Time(lo), metric.Time(hi)
		if news = append(news, n); len(news) == 200 {
			h.publish(pointsEvent, news)
			news = nil
		}
	}
	if len(news) > 0 {
		h.publish(pointsEvent, news)
	}
}

// changed tells that persons changed something.
func (s *Server) changed(what string) {
	s.generation.Add(1)
	s.hub.publish(changeEvent, map[string]string{"what": what})
}

// eventText documents a stream of events.
func eventText(op *huma.Operation, _ huma.Registry) {
	op.Responses["200"] = &huma.Response{Description: "Events until the client goes: points, anomaly, alert, job, change; reset says that events were missed", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}
