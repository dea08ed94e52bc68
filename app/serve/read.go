package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"aiops/metric"
	"aiops/store"
)

// pointRow documents a row of points; rows are written by pointWriter.
type pointRow struct {
	VM        string    `json:"vm" doc:"The virtual machine" example:"web-01"`
	Timestamp time.Time `json:"timestamp" doc:"UTC"`
	Metric    string    `json:"metric" example:"cpu"`
	Value     float64   `json:"value" doc:"With step: the mean"`
	Min       *float64  `json:"min,omitempty" doc:"With step: the lowest value"`
	Max       *float64  `json:"max,omitempty" doc:"With step: the highest value"`
	Count     int64     `json:"count,omitempty" doc:"With step: how many points"`
}

// Chosen are the series of a request.
type Chosen struct {
	VM     []string `query:"vm,explode" maxItems:"200" maxLength:"512" doc:"Only these VMs; none: all" example:"web-01"`
	Metric []string `query:"metric,explode" maxItems:"200" maxLength:"512" doc:"Only these metrics; none: all" example:"cpu"`
}

func (c Chosen) has(k metric.Key) bool {
	return (len(c.VM) == 0 || slices.Contains(c.VM, k.VM)) && (len(c.Metric) == 0 || slices.Contains(c.Metric, k.Metric))
}

// keys are the series by name; nil and all where every series is meant. Where
// only VMs or only metrics are named, the catalog tells the rest.
func (s *Server) keys(ctx context.Context, c Chosen) (keys []metric.Key, all bool, err error) {
	if len(c.VM) == 0 && len(c.Metric) == 0 {
		return nil, true, nil
	}
	if keys := c.named(); keys != nil {
		return keys, false, nil
	}
	infos, err := s.infos(ctx, c)
	for _, info := range infos {
		keys = append(keys, info.Key)
	}
	return keys, false, err
}

// named are the series where VMs and metrics are named and not too many; nil otherwise.
func (c Chosen) named() (keys []metric.Key) {
	if len(c.VM)*len(c.Metric) > 200 {
		return nil
	}
	for _, vm := range c.VM {
		for _, m := range c.Metric {
			keys = append(keys, metric.Key{VM: vm, Metric: m})
		}
	}
	return keys
}

// infos are the chosen series of the catalog.
func (s *Server) infos(ctx context.Context, c Chosen) ([]store.SeriesInfo, error) {
	if keys := c.named(); keys != nil {
		return store.Find(ctx, s.store, keys)
	}
	all, err := s.store.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(i store.SeriesInfo) bool { return !c.has(i.Key) }), nil
}

type latestInput struct {
	Chosen
	PartInput
}

func (s *Server) latest(_ context.Context, in *latestInput) (*huma.StreamResponse, error) {
	now := s.opt.Now()
	return s.points(in.Chosen, in.PartInput, metric.NewRange(now.Add(-24*time.Hour), now.Add(time.Minute)))
}

type metricsInput struct {
	Chosen
	SpanInput
	PartInput
}

// PartInput says which part of the points is answered, or how closely.
type PartInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"50000" doc:"At most so many rows. The next ones: X-Next-Cursor, or the Link header"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where to go on: X-Next-Cursor of the answer before"`
	Step   string `query:"step" maxLength:"12" pattern:"^[1-9][0-9]{0,5}(s|m|h|d|w)$" patternDescription:"a length such as 30s, 5m, 1h, 1d" doc:"Decimated: a row each so long, with mean, lowest, highest value and count" example:"5m"`
}

// SpanInput is the range of a request.
type SpanInput struct {
	Days  int    `query:"days" minimum:"1" maximum:"3660" doc:"So many days up to end_date, or up to now. 1 unless start_date says otherwise"`
	Start Moment `query:"start_date" doc:"From this time on"`
	End   Moment `query:"end_date" doc:"Up to this time, a day as a whole"`
}

// of is the range in microseconds.
func (in SpanInput) of(now time.Time) (metric.Range, error) {
	end := now.Add(time.Minute).UnixMicro()
	if !in.End.IsZero() {
		last := in.End.Time
		if in.End.Day {
			last = last.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		end = last.UnixMicro() + 1
	}
	days := max(1, in.Days)
	r := metric.Range{From: end - int64(days)*dayMicros, To: end}
	if !in.Start.IsZero() {
		if in.Days > 0 {
			return r, invalid("query.days", in.Days, "days and start_date say the same; leave one of them out")
		}
		r.From = in.Start.UnixMicro()
	}
	return r, in.Start.before(in.End, r)
}

func (s *Server) metrics(_ context.Context, in *metricsInput) (*huma.StreamResponse, error) {
	r, err := in.of(s.opt.Now())
	if err != nil {
		return nil, err
	}
	return s.points(in.Chosen, in.PartInput, r)
}

// points answers with the points of a range: all of them, a page, or decimated.
func (s *Server) points(c Chosen, in PartInput, r metric.Range) (*huma.StreamResponse, error) {
	if in.Step != "" {
		if in.Limit > 0 || in.Cursor != "" {
			return nil, invalid("query.step", in.Step, "step decimates a whole range; leave limit and cursor out")
		}
		step, err := metric.ParseStep(in.Step)
		if err != nil {
			return nil, invalid("query.step", in.Step, err.Error())
		}
		if r.Len()/step.Micros() > mostBuckets {
			return nil, invalid("query.step", in.Step, "the range has more than 100,000 such steps; choose a longer one")
		}
		return rows(func(ctx context.Context, p *pointWriter) error {
			return s.decimated(ctx, c, r, step.Micros(), p)
		}), nil
	}
	if in.Limit == 0 && in.Cursor == "" {
		return rows(func(ctx context.Context, p *pointWriter) error { return s.readAll(ctx, c, r, p) }), nil
	}
	at, err := readCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	return rows(func(ctx context.Context, p *pointWriter) error { return s.pageOf(ctx, c, in.Limit, r, at, p) }), nil
}

// readAll writes every point of the chosen series in the range.
func (s *Server) readAll(ctx context.Context, c Chosen, r metric.Range, p *pointWriter) error {
	keys, all, err := s.keys(ctx, c)
	if err != nil || len(keys) == 0 && !all {
		p.begin()
		p.end()
		return err
	}
	p.begin()
	err = s.store.Read(ctx, store.Query{Keys: keys, Range: r}, p.write)
	p.end()
	return err
}

// rows answers with rows of points, in the form that the client asks for.
func rows(f func(ctx context.Context, p *pointWriter) error) *huma.StreamResponse {
	return raw(func(w http.ResponseWriter, r *http.Request) {
		kind, err := negotiate(r.Header.Get("Accept"))
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		a := newAnswer(w, r, kind.contentType())
		answering(w, r, a, func(ctx context.Context) error { return f(ctx, &pointWriter{a: a, form: kind}) })
	})
}

// raw answers with the plain writer.
func raw(f http.HandlerFunc) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		f(w, r.WithContext(c.Context()))
	}}
}

var errEnough = errors.New("enough rows")
