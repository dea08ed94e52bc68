package serve

import (
	"context"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/metric"
)

// predictionRow documents a stored prediction's row; rows are written by hand.
type predictionRow struct {
	VM        string    `json:"vm"`
	Timestamp time.Time `json:"timestamp"`
	Metric    string    `json:"metric"`
	Value     float64   `json:"value_predicted"`
	Lower     *float64  `json:"lower_bound"`
	Upper     *float64  `json:"upper_bound"`
	Model     string    `json:"model"`
	Made      time.Time `json:"created_at"`
}

type predictionsInput struct {
	Chosen
	Start Moment `query:"start_date" doc:"From this time on; none: the last 24 hours and all that is to come"`
	End   Moment `query:"end_date" doc:"Up to this time, a day as a whole; none: without an end"`
}

func (in predictionsInput) of(now time.Time) (metric.Range, error) {
	r := metric.Range{From: now.Add(-24 * time.Hour).UnixMicro(), To: metric.All.To}
	if !in.Start.IsZero() {
		r.From = in.Start.UnixMicro()
	}
	if !in.End.IsZero() {
		last := in.End.Time
		if in.End.Day {
			last = last.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		r.To = last.UnixMicro() + 1
	}
	return r, in.Start.before(in.End, r)
}

func (s *Server) predictions(_ context.Context, in *predictionsInput) (*huma.StreamResponse, error) {
	r, err := in.of(s.opt.Now())
	if err != nil {
		return nil, err
	}
	return raw(func(w http.ResponseWriter, req *http.Request) {
		kind, err := negotiate(req.Header.Get("Accept"))
		if err != nil {
			writeProblem(w, req, err)
			return
		}
		a := newAnswer(w, req, kind.contentType())
		answering(w, req, a, func(ctx context.Context) error {
			keys, all, err := s.keys(ctx, in.Chosen)
			if err != nil {
				return err
			}
			var found []metric.Prediction
			if len(keys) > 0 || all {
				if found, err = s.store.Predictions(ctx, keys, r); err != nil {
					return err
				}
			}
			return writePredictions(a, kind, found)
		})
	}), nil
}

func writePredictions(a *answer, kind form, all []metric.Prediction) error {
	var clock timeText
	if kind == asJSON {
		a.buf = append(a.buf, '[')
	}
	if kind == asCSV {
		a.buf = append(a.buf, "vm,timestamp,metric,value_predicted,lower_bound,upper_bound,model,created_at\n"...)
	}
	n := 0
	for _, p := range all {
		for i := range p.Times {
			if kind == asJSON && n > 0 {
				a.buf = append(a.buf, ',')
			}
			if kind == asCSV {
				a.buf = predictionCSV(a.buf, p, i, &clock)
			} else {
				a.buf = predictionJSON(a.buf, p, i, &clock)
			}
			if kind == asNDJSON {
				a.buf = append(a.buf, '\n')
			}
			n++
		}
		if err := a.spill(); err != nil {
			return err
		}
	}
	if kind == asJSON {
		a.buf = append(a.buf, ']', '\n')
	}
	return nil
}

func predictionJSON(b []byte, p metric.Prediction, i int, clock *timeText) []byte {
	b = appendString(append(b, `{"vm":`...), p.VM)
	b = clock.append(append(b, `,"timestamp":"`...), p.Times[i])
	b = appendString(append(b, `","metric":`...), p.Metric)
	b = appendValue(append(b, `,"value_predicted":`...), p.Value[i])
	b = appendNullable(append(b, `,"lower_bound":`...), p.Lower[i], "null")
	b = appendNullable(append(b, `,"upper_bound":`...), p.Upper[i], "null")
	b = appendString(append(b, `,"model":`...), p.Model)
	b = append(clock.append(append(b, `,"created_at":"`...), p.Made), `"}`...)
	return b
}

func predictionCSV(b []byte, p metric.Prediction, i int, clock *timeText) []byte {
	b = append(appendField(b, p.VM), ',')
	b = append(clock.append(b, p.Times[i]), ',')
	b = append(appendField(b, p.Metric), ',')
	b = append(appendValue(b, p.Value[i]), ',')
	b = append(appendNullable(b, p.Lower[i], ""), ',')
	b = append(appendNullable(b, p.Upper[i], ""), ',')
	b = append(appendField(b, p.Model), ',')
	return append(clock.append(b, p.Made), '\n')
}

// appendNullable appends a number, or what stands for one that is not known.
func appendNullable(b []byte, v float64, none string) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, none...)
	}
	return appendValue(b, v)
}
