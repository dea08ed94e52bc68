package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
)

// Asked is what is forecast or trained, and how.
type Asked struct {
	VM      string         `json:"vm,omitempty" nullable:"true" maxLength:"512" doc:"Only this VM; none: all" example:"web-01"`
	Metric  string         `json:"metric,omitempty" nullable:"true" maxLength:"512" doc:"Only this metric; none: all" example:"cpu"`
	Periods int            `json:"periods,omitempty" nullable:"true" minimum:"1" maximum:"100000" default:"48" doc:"How many steps ahead"`
	Step    string         `json:"step,omitempty" nullable:"true" maxLength:"12" doc:"Distance of the steps, such as 5m or 1h; none: found in the series"`
	Model   string         `json:"model,omitempty" nullable:"true" enum:"auto,prophet,autoregression,smoothing,theta,profile,median,seasonal-naive,naive" default:"auto"`
	Config  map[string]any `json:"config,omitempty" doc:"Options of the model; of prophet by its constructor's names"`
	Seed    uint32         `json:"seed,omitempty" nullable:"true" maximum:"4294967295" default:"1" doc:"The same seed gives the same intervals"`
	Async   bool           `json:"async,omitempty" nullable:"true" doc:"Answer with a job at once, also for few series"`
}

func (a Asked) options() (forecast.Options, error) {
	o := forecast.Options{Horizon: a.Periods, Model: a.Model, Seed: uint64(a.Seed)}
	if a.Step != "" {
		step, err := metric.ParseStep(a.Step)
		if err != nil {
			return o, invalid("body.step", a.Step, err.Error())
		}
		o.Step = step
	}
	if len(a.Config) > 0 {
		text, err := json.Marshal(a.Config)
		if err != nil {
			return o, invalid("body.config", nil, err.Error())
		}
		o.Config = text
	}
	return o, nil
}

// soon is how many series are done within the request; more become a job.
const soon = 4

// askedKeys are the series that are asked for.
func (s *Server) askedKeys(ctx context.Context, a Asked) ([]metric.Key, error) {
	c := Chosen{}
	if a.VM != "" {
		c.VM = []string{a.VM}
	}
	if a.Metric != "" {
		c.Metric = []string{a.Metric}
	}
	infos, err := s.infos(ctx, c)
	if err != nil {
		return nil, err
	}
	var keys []metric.Key
	for _, info := range infos {
		if info.Count > 0 {
			keys = append(keys, info.Key)
		}
	}
	if len(keys) == 0 {
		return nil, huma.Error404NotFound("There is no such series with points; GET /api/v1/vms lists what there is.")
	}
	return keys, nil
}

type predictInput struct {
	Body struct {
		Asked
		Level   float64 `json:"level,omitempty" nullable:"true" exclusiveMinimum:"0" exclusiveMaximum:"1" default:"0.8" doc:"Probability that the interval holds the value"`
		Retrain bool    `json:"retrain,omitempty" nullable:"true" doc:"Train anew also where the stored model is fresh"`
		Keep    *bool   `json:"store,omitempty" nullable:"true" doc:"Store the predictions; true if absent"`
	}
}

// predictionStep is one step of a prediction.
type predictionStep struct {
	Timestamp time.Time `json:"timestamp"`
	Value     float64   `json:"value_predicted"`
	Lower     *float64  `json:"lower_bound"`
	Upper     *float64  `json:"upper_bound"`
}

type predictionBody struct {
	VM       string           `json:"vm"`
	Metric   string           `json:"metric"`
	Model    string           `json:"model"`
	Why      string           `json:"why,omitempty" doc:"What was chosen and why"`
	Made     time.Time        `json:"made"`
	Step     string           `json:"step"`
	Level    float64          `json:"level"`
	MASE     *float64         `json:"backtest_mase,omitempty" doc:"Mean absolute error of the backtests, in units of the seasonal naive's"`
	Warnings []string         `json:"warnings,omitempty"`
	Error    string           `json:"error,omitempty" doc:"Why there is no prediction of this series"`
	Steps    []predictionStep `json:"predictions"`
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func predictionOf(res app.ForecastResult, level float64) predictionBody {
	f := res.Forecast
	out := predictionBody{VM: res.History.VM, Metric: res.History.Metric, Level: level, Steps: []predictionStep{}}
	if res.Err != nil {
		out.Error = res.Err.Error()
		return out
	}
	out.Model, out.Why, out.Made, out.Step, out.Warnings = f.Model, f.Why, metric.Time(f.Made), f.Step.String(), f.Warnings
	if f.Scores.N > 0 {
		out.MASE = finite(f.Scores.MASE)
	}
	p := f.Prediction(level)
	for i, t := range p.Times {
		out.Steps = append(out.Steps, predictionStep{metric.Time(t), p.Value[i], finite(p.Lower[i]), finite(p.Upper[i])})
	}
	return out
}

// oneOrJob documents an answer that may also be a job.
func oneOrJob[T any](op *huma.Operation, r huma.Registry) {
	content := func(t reflect.Type) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{"application/json": {Schema: r.Schema(t, true, "")}}
	}
	op.Responses["200"] = &huma.Response{Description: "Done", Content: content(reflect.TypeFor[T]())}
	op.Responses["202"] = &huma.Response{Description: "Many series: a job was begun", Content: content(reflect.TypeFor[jobRow]()),
		Headers: map[string]*huma.Param{"Location": {Description: "The job", Schema: &huma.Schema{Type: huma.TypeString}}}}
	op.Errors = append(op.Errors, 404)
}

func (s *Server) predict(ctx context.Context, in *predictInput) (*jobStarted, error) {
	o, err := in.Body.options()
	if err != nil {
		return nil, err
	}
	o.Level = in.Body.Level
	keys, err := s.askedKeys(ctx, in.Body.Asked)
	if err != nil {
		return nil, err
	}
	req := app.ForecastRequest{Keys: keys, Options: o, Retrain: in.Body.Retrain}
	keep := in.Body.Keep == nil || *in.Body.Keep
	if len(keys) > soon || in.Body.Async {
		return s.begin(ctx, fmt.Sprintf("Forecast %d series", len(keys)), "predict", predictArgs{req, keep})
	}
	out := []predictionBody{}
	err = s.forecastEach(ctx, req, keep, nil, func(res app.ForecastResult) { out = append(out, predictionOf(res, o.Level)) })
	if err != nil {
		return nil, err
	}
	if len(out) == 1 && out[0].Error != "" {
		return nil, huma.Error422UnprocessableEntity(out[0].Error)
	}
	return &jobStarted{Status: 200, Body: out}, nil
}

// keptAtOnce is how many predictions are stored together.
const keptAtOnce = 100

// forecastEach forecasts series and stores the predictions.
func (s *Server) forecastEach(ctx context.Context, req app.ForecastRequest, keep bool, p app.Progress, told func(app.ForecastResult)) error {
	ctx, span := s.trace(ctx, "forecast")
	defer span.End()
	var all []metric.Prediction
	flush := func() error {
		if len(all) == 0 {
			return nil
		}
		err := s.store.PutPredictions(ctx, all)
		all = all[:0]
		return err
	}
	err := app.ForecastStore(ctx, s.store, s.opt.Forecaster, req, p, func(res app.ForecastResult) error {
		if res.Err == nil && slices.ContainsFunc(res.Forecast.Times, func(t int64) bool { return t <= earliest || t >= latest }) {
			res.Err = fmt.Errorf("%v: the forecast reaches beyond the year 2241; ask for fewer periods or a shorter step", res.History.Key)
		}
		told(res)
		if res.Err == nil && keep {
			all = append(all, res.Forecast.Prediction(req.Options.Level))
		}
		if len(all) < keptAtOnce {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err == nil && keep {
		s.changed("predictions")
	}
	return err
}

// predictArgs are a job's.
type predictArgs struct {
	Request app.ForecastRequest
	Keep    bool
}

// predictJob is the work of a job.
func (s *Server) predictJob(ctx context.Context, args []byte, p app.Progress) (string, error) {
	var a predictArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return "", err
	}
	done, failed := 0, []error{}
	err := s.forecastEach(ctx, a.Request, a.Keep, p, func(res app.ForecastResult) {
		if res.Err != nil {
			failed = append(failed, res.Err) // it names the series
			return
		}
		done++
	})
	return summary("forecast", done, failed), err
}

func summary(what string, done int, failed []error) string {
	text := fmt.Sprintf("%d series %s", done, what)
	if len(failed) > 0 {
		text += fmt.Sprintf(", %d not; the first: %v", len(failed), failed[0])
	}
	return text
}
