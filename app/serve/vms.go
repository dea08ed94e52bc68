package serve

import (
	"context"
	"time"

	"aiops/metric"
)

// vmMetric is a metric of a VM.
type vmMetric struct {
	Metric string     `json:"metric"`
	Unit   string     `json:"unit" doc:"Guessed from the metric's name; empty: unknown" example:"%"`
	Count  int64      `json:"count" doc:"How many points"`
	First  *time.Time `json:"first,omitempty"`
	Last   *time.Time `json:"last,omitempty"`
	Value  *float64   `json:"last_value,omitempty"`
	Step   float64    `json:"step_seconds" doc:"Typical distance of points; 0: unknown"`
}

type vmRow struct {
	VM      string     `json:"vm"`
	Metrics []vmMetric `json:"metrics"`
}

type vmsInput struct{ Chosen }

type vmsOutput struct{ Body []vmRow }

func (s *Server) vms(ctx context.Context, in *vmsInput) (*vmsOutput, error) {
	infos, err := s.infos(ctx, in.Chosen)
	if err != nil {
		return nil, err
	}
	out := &vmsOutput{Body: []vmRow{}}
	for _, info := range infos {
		if n := len(out.Body); n == 0 || out.Body[n-1].VM != info.VM {
			out.Body = append(out.Body, vmRow{VM: info.VM})
		}
		m := vmMetric{Metric: info.Metric, Unit: string(metric.UnitOf(info.Metric)), Count: info.Count, Step: float64(info.Step) / 1e6}
		if info.Count > 0 {
			first, last := metric.Time(info.First), metric.Time(info.Last)
			m.First, m.Last, m.Value = &first, &last, &info.LastValue
		}
		row := &out.Body[len(out.Body)-1]
		row.Metrics = append(row.Metrics, m)
	}
	return out, nil
}
