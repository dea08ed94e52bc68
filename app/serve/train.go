package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

type trainInput struct{ Body struct{ Asked } }

// modelBody is a trained model as it is told.
type modelBody struct {
	VM      string    `json:"vm"`
	Metric  string    `json:"metric"`
	Model   string    `json:"model"`
	Step    string    `json:"step"`
	Points  int       `json:"points" doc:"That it learnt from"`
	Last    time.Time `json:"last" doc:"The last of them"`
	Trained time.Time `json:"trained"`
	MAE     *float64  `json:"backtest_mae,omitempty"`
	MASE    *float64  `json:"backtest_mase,omitempty"`
	Error   string    `json:"error,omitempty"`
}

func (s *Server) train(ctx context.Context, in *trainInput) (*jobStarted, error) {
	o, err := in.Body.options()
	if err != nil {
		return nil, err
	}
	keys, err := s.askedKeys(ctx, in.Body.Asked)
	if err != nil {
		return nil, err
	}
	if len(keys) > soon || in.Body.Async {
		return s.begin(ctx, fmt.Sprintf("Train %d series", len(keys)), "train", trainArgs{keys, o})
	}
	out := []modelBody{}
	err = s.trainEach(ctx, keys, o, nil, func(res app.Result[forecast.Model]) { out = append(out, modelOf(res)) })
	if err == nil && len(out) == 1 && out[0].Error != "" {
		err = huma.Error422UnprocessableEntity(out[0].Error)
	}
	return &jobStarted{Status: 200, Body: out}, err
}

// trainArgs are a job's.
type trainArgs struct {
	Keys    []metric.Key
	Options forecast.Options
}

// trainJob is the work of a job.
func (s *Server) trainJob(ctx context.Context, args []byte, p app.Progress) (string, error) {
	var a trainArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return "", err
	}
	done, failed := 0, []error{}
	err := s.trainEach(ctx, a.Keys, a.Options, p, func(res app.Result[forecast.Model]) {
		if res.Err != nil {
			failed = append(failed, res.Err) // it names the series
			return
		}
		done++
	})
	return summary("trained", done, failed), err
}

func (s *Server) trainEach(ctx context.Context, keys []metric.Key, o forecast.Options, p app.Progress, told func(app.Result[forecast.Model])) error {
	ctx, span := s.trace(ctx, "train")
	defer span.End()
	read := func(ctx context.Context, i int) (metric.Series, error) {
		return store.Points(ctx, s.store, keys[i], metric.Range{})
	}
	work := func(ctx context.Context, h metric.Series) (forecast.Model, error) {
		return s.opt.Forecaster.Train(ctx, h, o)
	}
	return app.Each(ctx, len(keys), read, work, p, func(res app.Result[forecast.Model]) error {
		told(res)
		return nil
	})
}

func modelOf(res app.Result[forecast.Model]) modelBody {
	m := res.Out
	out := modelBody{VM: res.History.VM, Metric: res.History.Metric}
	if res.Err != nil {
		out.Error = res.Err.Error()
		return out
	}
	out.Model, out.Step, out.Points, out.Last, out.Trained = m.Kind, m.Step.String(), m.Points, metric.Time(m.Last), metric.Time(m.Trained)
	if m.Scores.N > 0 {
		out.MAE, out.MASE = finite(m.Scores.MAE), finite(m.Scores.MASE)
	}
	return out
}
