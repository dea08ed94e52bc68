package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aiops/app"
	"aiops/forecast"
	"aiops/forecast/capacity"
	"aiops/metric"
	"aiops/store"
)

type capacityInput struct {
	Chosen
	Threshold float64 `query:"threshold" required:"true" minimum:"-1e300" maximum:"1e300" doc:"The value that is looked out for, in the metric's unit" example:"90"`
	Below     bool    `query:"below" doc:"Reached by falling to it"`
	Days      int     `query:"days" minimum:"1" maximum:"3660" default:"90" doc:"How far to look"`
	Model     string  `query:"model" enum:"auto,prophet,autoregression,smoothing,theta,profile,median,seasonal-naive,naive" default:"auto"`
}

// outlookRow tells when a series reaches the threshold.
type outlookRow struct {
	VM          string     `json:"vm"`
	Metric      string     `json:"metric"`
	Last        float64    `json:"last_value"`
	Already     bool       `json:"reached_already"`
	P30         *time.Time `json:"by_30_percent,omitempty" doc:"Reached by then with a probability of 30 %; absent: not within the horizon"`
	P50         *time.Time `json:"by_50_percent,omitempty"`
	P90         *time.Time `json:"by_90_percent,omitempty"`
	Point       *time.Time `json:"point_forecast,omitempty" doc:"When the point forecast reaches it"`
	Probability float64    `json:"probability" doc:"That it is reached by the end"`
	End         time.Time  `json:"end"`
	Model       string     `json:"model"`
	Basis       string     `json:"basis" doc:"What the steps are made of"`
	Sentence    string     `json:"sentence" doc:"For people"`
	Error       string     `json:"error,omitempty" doc:"Why nothing can be said"`
}

type capacityOutput struct{ Body []outlookRow }

func dateOf(d capacity.Date) *time.Time {
	if !d.Within() {
		return nil
	}
	t := metric.Time(d.Time)
	return &t
}

func outlookOf(o capacity.Outlook) outlookRow {
	basis := o.How
	if basis == "" {
		basis = "points"
	}
	return outlookRow{VM: o.VM, Metric: o.Metric, Last: o.Last, Already: o.Already, P30: dateOf(o.Dates[0]), P50: dateOf(o.Dates[1]), P90: dateOf(o.Dates[2]),
		Point: dateOf(o.Point), Probability: o.Final, End: metric.Time(o.End), Model: o.Model, Basis: basis, Sentence: o.Sentence(time.UTC)}
}

func (s *Server) capacity(ctx context.Context, in *capacityInput) (*capacityOutput, error) {
	name := fmt.Sprintf("capacity %v %v %v %d %s", in.Chosen, in.Threshold, in.Below, in.Days, in.Model)
	text, err := s.shared(ctx, name, kept, func(ctx context.Context) ([]byte, error) {
		out, err := s.outlooks(ctx, in)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	})
	if err != nil {
		return nil, err
	}
	out := &capacityOutput{}
	return out, json.Unmarshal(text, &out.Body)
}

func (s *Server) outlooks(ctx context.Context, in *capacityInput) ([]outlookRow, error) {
	infos, err := s.infos(ctx, in.Chosen)
	if err != nil {
		return nil, err
	}
	var keys []metric.Key
	for _, info := range infos {
		if info.Count > 0 {
			keys = append(keys, info.Key)
		}
	}
	read := func(ctx context.Context, i int) (metric.Series, error) {
		return store.Points(ctx, s.store, keys[i], metric.Range{})
	}
	span := time.Duration(in.Days) * 24 * time.Hour
	req := app.CapacityRequest{Threshold: capacity.Threshold{Value: in.Threshold, Below: in.Below}, Span: span, Options: forecast.Options{Model: in.Model, Span: span}}
	var all []capacity.Outlook
	out := []outlookRow{}
	var failed []outlookRow
	err = app.Capacity(ctx, s.opt.Forecaster, len(keys), read, req, nil, func(res app.Result[capacity.Outlook]) error {
		if res.Err != nil {
			failed = append(failed, outlookRow{VM: res.History.VM, Metric: res.History.Metric, Error: res.Err.Error()})
		} else {
			all = append(all, res.Out)
		}
		return nil
	})
	capacity.Rank(all)
	for _, o := range all {
		out = append(out, outlookOf(o))
	}
	return append(out, failed...), err
}
