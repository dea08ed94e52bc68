package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

type anomaliesInput struct {
	Chosen
	SpanInput
}

// anomalyRow is a time in which a metric was unusual.
type anomalyRow struct {
	VM       string    `json:"vm"`
	Metric   string    `json:"metric"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Kind     string    `json:"kind" example:"spike"`
	Score    float64   `json:"score" doc:"0..1 of the most unusual point; 0.5 is the threshold"`
	At       time.Time `json:"at" doc:"Of the most unusual point"`
	Value    *float64  `json:"value" doc:"Its value"`
	Expected *float64  `json:"expected" doc:"What was expected there"`
	Points   int       `json:"points" doc:"How many were unusual"`
}

type incidentRow struct {
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`
	Severity  string       `json:"severity" enum:"critical,warning,notice"`
	Score     float64      `json:"score"`
	Anomalies []anomalyRow `json:"anomalies" doc:"The first mover first"`
}

type (
	anomaliesOutput struct{ Body []anomalyRow }
	incidentsOutput struct{ Body []incidentRow }
)

func anomalyOf(s anomaly.Span) anomalyRow {
	return anomalyRow{VM: s.VM, Metric: s.Metric, From: metric.Time(s.From), To: metric.Time(s.To), Kind: string(s.Kind), Score: s.Score, At: metric.Time(s.At),
		Value: finite(s.Value), Expected: finite(s.Expected), Points: s.Points}
}

func (s *Server) anomalies(ctx context.Context, in *anomaliesInput) (*anomaliesOutput, error) {
	all, err := s.search(ctx, in)
	out := &anomaliesOutput{Body: []anomalyRow{}}
	for _, in := range all {
		out.Body = append(out.Body, in.Anomalies...)
	}
	slices.SortStableFunc(out.Body, func(a, b anomalyRow) int { return a.From.Compare(b.From) })
	return out, err
}

func (s *Server) incidents(ctx context.Context, in *anomaliesInput) (*incidentsOutput, error) {
	all, err := s.search(ctx, in)
	return &incidentsOutput{Body: append([]incidentRow{}, all...)}, err
}

// mostHeld is up to how many series the detectors of a search of all are kept for
// the next one: they take a third of a megabyte each.
const mostHeld = 500

// kept is how long what a search found is answered again.
const kept = time.Minute

// search finds incidents. The same search that is under way already is waited
// for, also when the request that began it is over.
func (s *Server) search(ctx context.Context, in *anomaliesInput) ([]incidentRow, error) {
	r, err := in.of(s.opt.Now().Truncate(kept))
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("incidents %v %v", in.Chosen, r)
	text, err := s.shared(ctx, name, kept, func(ctx context.Context) ([]byte, error) {
		keys, all, err := s.keys(ctx, in.Chosen)
		if err != nil || len(keys) == 0 && !all {
			return []byte("[]"), err
		}
		found, err := s.analyse(ctx, keys, r)
		if err != nil {
			return nil, err
		}
		return json.Marshal(incidentsOf(found))
	})
	if err != nil {
		return nil, err
	}
	var out []incidentRow
	return out, json.Unmarshal(text, &out)
}

func (s *Server) analyse(ctx context.Context, keys []metric.Key, r metric.Range) (app.Analysis, error) {
	ctx, span := s.trace(ctx, "search for anomalies")
	defer span.End()
	req := app.AnalyseRequest{Keys: keys, Range: r}
	if s.opt.Detection != nil {
		var err error
		if req, err = s.opt.Detection.Request(ctx, s.store, req); err != nil {
			return app.Analysis{}, err
		}
	}
	if keys == nil {
		infos, err := s.infos(ctx, Chosen{})
		if err != nil {
			return app.Analysis{}, err
		}
		if len(infos) <= mostHeld {
			return s.whole.Run(ctx, s.store, req, nil, nil)
		}
		s.whole.Drop()
	}
	return app.Analyse(ctx, s.store, req, nil)
}

func incidentsOf(found app.Analysis) []incidentRow {
	out := []incidentRow{}
	for _, in := range found.Incidents {
		row := incidentRow{From: metric.Time(in.From), To: metric.Time(in.To), Severity: string(in.Severity), Score: in.Score}
		for _, sp := range in.Spans {
			row.Anomalies = append(row.Anomalies, anomalyOf(sp))
		}
		out = append(out, row)
	}
	return out
}
