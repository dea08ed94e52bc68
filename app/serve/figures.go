package serve

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // bare servers have no zones

	"github.com/danielgtaylor/huma/v2"

	"aiops/app/view"
	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// figureInput says which figure.
type figureInput struct {
	File string `path:"file" enum:"fact.svg,fact.png,forecast.svg,forecast.png,analysis.svg,analysis.png" doc:"What is drawn, and as what"`
	Chosen
	SpanInput
	Theme   string  `query:"theme" enum:"light,dark" default:"light"`
	Width   int     `query:"width" minimum:"160" maximum:"4000" default:"1160"`
	Height  int     `query:"height" minimum:"60" maximum:"4000" doc:"Absent: by what is drawn"`
	Scale   float64 `query:"scale" minimum:"0.5" maximum:"3" default:"1" doc:"Pixels of a PNG for each unit"`
	Periods int     `query:"periods" minimum:"1" maximum:"10000" default:"48" doc:"Of a forecast: how many steps ahead"`
	Zone    string  `query:"time_zone" maxLength:"64" default:"UTC" doc:"Of the labels" example:"Europe/Berlin"`
}

// Sizes of figures where none is asked for, as in reports.
const (
	frameHeight = 56
	panelHeight = 180
	mostDrawn   = 40 // series
	mostPixels  = 32_000_000
)

// figureKept is how long a figure is answered again.
const figureKept = 10 * time.Second

// drawnFigure is a figure with its natural height.
type drawnFigure struct {
	figure charts.Figure
	height float64
	title  string
}

func (s *Server) figure(ctx context.Context, in *figureInput) (*huma.StreamResponse, error) {
	kind, format, _ := strings.Cut(in.File, ".")
	zone, err := time.LoadLocation(in.Zone)
	if err != nil || strings.EqualFold(in.Zone, "local") {
		return nil, invalid("query.time_zone", in.Zone, "the zone is not known; write a name such as UTC or Europe/Berlin")
	}
	now := s.opt.Now().Truncate(figureKept).Add(figureKept) // the newest points are in it
	r, err := in.of(now)
	if err != nil {
		return nil, err
	}
	if kind == "forecast" && (len(in.VM) != 1 || len(in.Metric) != 1) {
		return nil, invalid("query.vm", in.VM, "a forecast is drawn of one series; name one vm and one metric")
	}
	r.To = min(r.To, now.UnixMicro()+1)
	if r.Empty() {
		return nil, invalid("query.start_date", nil, "the range lies in the future")
	}
	name := fmt.Sprintf("figure %+v %v", *in, now.Unix())
	text, err := s.shared(ctx, name, figureKept, func(ctx context.Context) ([]byte, error) {
		return s.render(ctx, in, kind, format, r, view.Clock{Now: s.opt.Now, Zone: zone})
	})
	if err != nil {
		return nil, err
	}
	return raw(func(w http.ResponseWriter, req *http.Request) {
		a := newAnswer(w, req, map[string]string{"svg": "image/svg+xml", "png": "image/png"}[format])
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; font-src data:")
		answering(w, req, a, func(context.Context) error {
			a.buf = append(a.buf, text...)
			return nil
		})
	}), nil
}

func (s *Server) render(ctx context.Context, in *figureInput, kind, format string, r metric.Range, clock view.Clock) ([]byte, error) {
	ctx, span := s.trace(ctx, "draw "+kind)
	defer span.End()
	theme := charts.Light
	if in.Theme == "dark" {
		theme = charts.Dark
	}
	draw := map[string]func(context.Context, *figureInput, metric.Range, view.Clock, charts.Theme) (drawnFigure, error){
		"fact": s.fact, "forecast": s.forecastFigure, "analysis": s.lanes,
	}[kind]
	d, err := draw(ctx, in, r, clock, theme)
	if err != nil {
		return nil, err
	}
	size := charts.Size{W: float64(in.Width), H: d.height}
	if in.Height > 0 {
		size.H = float64(in.Height)
	}
	size.H = min(size.H, 8000)
	if pixels := size.W * size.H * in.Scale * in.Scale; format == "png" && pixels > mostPixels {
		return nil, invalid("query.scale", in.Scale, fmt.Sprintf("the picture would have %.0f million pixels, and may have %d; ask for a smaller width, height or scale, or for SVG", pixels/1e6, mostPixels/1_000_000))
	}
	var out bytes.Buffer
	if format == "png" {
		err = d.figure.WritePNG(&out, size, in.Scale)
	} else {
		err = d.figure.WriteSVGWith(&out, size, charts.SVGOptions{Title: d.title})
	}
	return out.Bytes(), err
}

// fact draws what series did.
func (s *Server) fact(ctx context.Context, in *figureInput, r metric.Range, clock view.Clock, theme charts.Theme) (drawnFigure, error) {
	infos, err := s.infos(ctx, in.Chosen)
	if err != nil {
		return drawnFigure{}, err
	}
	infos = slices.DeleteFunc(infos, func(i store.SeriesInfo) bool { return i.Range().Intersect(r).Empty() })
	if len(infos) > mostDrawn {
		return drawnFigure{}, invalid("query.vm", in.VM, fmt.Sprintf("these are %d series; a figure shows %d at most, so name some with vm and metric", len(infos), mostDrawn))
	}
	sc := view.Scene{Clock: clock, Range: r, Thresholds: s.opt.Thresholds}
	if len(infos) > 0 {
		keys := make([]metric.Key, len(infos))
		for i, info := range infos {
			keys[i] = info.Key
		}
		data, err := store.Envelopes(ctx, s.store, store.Query{Keys: keys, Range: r, MaxPoints: 2 * in.Width})
		if err != nil {
			return drawnFigure{}, err
		}
		sc.Series = view.Draw(data)
	}
	if sc.Annotations, err = s.store.Annotations(ctx, r); err != nil {
		return drawnFigure{}, err
	}
	f := sc.Figure(theme)
	n := max(1, len(f.Panels))
	height := float64(frameHeight + panelHeight*n)
	if n == 1 {
		height += panelHeight
	}
	return drawnFigure{f, height, "Fact: " + clock.Range(r)}, nil
}

// forecastFigure draws what a series will do.
func (s *Server) forecastFigure(ctx context.Context, in *figureInput, _ metric.Range, clock view.Clock, theme charts.Theme) (drawnFigure, error) {
	infos, err := s.infos(ctx, in.Chosen)
	if err != nil {
		return drawnFigure{}, err
	}
	if len(infos) == 0 {
		return drawnFigure{}, huma.Error404NotFound("There is no such series; GET /api/v1/vms lists what there is.")
	}
	k := infos[0].Key
	o := forecast.Options{Span: time.Duration(int64(in.Periods)*max(1_000_000, infos[0].Step)) * time.Microsecond, Level: 0.8}
	m, err := view.Foresee(ctx, s.store, s.opt.Forecaster, view.ForecastPlan{Key: k, Options: o})
	if err != nil {
		return drawnFigure{}, err
	}
	if m.Lack != "" {
		return drawnFigure{}, huma.Error422UnprocessableEntity(m.Lack)
	}
	last := infos[0].Last
	sc := view.SceneOf(m, metric.Range{From: last - 4*o.Span.Microseconds(), To: last}, o.Level, s.opt.Thresholds, clock)
	return drawnFigure{sc.Figure(theme), frameHeight + 2*panelHeight, "Forecast of " + k.String()}, nil
}

// lanes draws the anomaly scores of VMs.
func (s *Server) lanes(ctx context.Context, in *figureInput, r metric.Range, clock view.Clock, theme charts.Theme) (drawnFigure, error) {
	infos, err := s.infos(ctx, in.Chosen)
	if err != nil {
		return drawnFigure{}, err
	}
	var keys []metric.Key
	newest := int64(0)
	for _, info := range infos {
		if info.Count > 0 {
			keys, newest = append(keys, info.Key), max(newest, min(info.Last, r.To-1))
		}
	}
	if len(keys) == 0 {
		return drawnFigure{}, huma.Error404NotFound("There is no such series with points; GET /api/v1/vms lists what there is.")
	}
	notes, err := s.store.Annotations(ctx, r)
	if err != nil {
		return drawnFigure{}, err
	}
	plan := view.NewSearch(keys, r, newest, notes, clock)
	plan.Detection = s.opt.Detection
	found, err := view.Examine(ctx, s.store, plan, nil, nil)
	if err != nil {
		return drawnFigure{}, err
	}
	lanes := found.Lanes(r, max(100, in.Width-180))
	return drawnFigure{lanes.Figure(theme), lanes.Height(), "Anomaly scores: " + clock.Range(r)}, nil
}

// pictures documents the answer of a figure.
func pictures(op *huma.Operation, _ huma.Registry) {
	text := &huma.Schema{Type: huma.TypeString}
	op.Responses["200"] = &huma.Response{Description: "The picture", Content: map[string]*huma.MediaType{
		"image/svg+xml": {Schema: text}, "image/png": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	op.Responses["304"] = &huma.Response{Description: "The client has it already (If-None-Match)"}
	op.Errors = append(op.Errors, http.StatusNotFound)
}
