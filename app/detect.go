package app

import (
	"context"
	"math"
	"strconv"
	"strings"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/ingest"
)

// Verdict is what is told of a value of a file; nothing but NaN where the
// value cannot be used.
type Verdict struct {
	Expected, Lower, Upper float64
	Score, Alert           float64
	Kind                   anomaly.Kind
}

var noVerdict = Verdict{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), ""}

// VerdictOf leaves out what the score is made of.
func VerdictOf(p anomaly.Point) Verdict {
	return Verdict{p.Expected, p.Lower, p.Upper, p.Score, p.Alert, p.Kind}
}

// DetectMetrics scores series as they stand in a file, each on its own, on all
// cores: a verdict for each value.
func DetectMetrics(ctx context.Context, series []metric.Series, ds *Detectors, p Progress) ([][]Verdict, error) {
	read := func(_ context.Context, i int) (metric.Series, error) { return series[i], nil }
	work := func(ctx context.Context, s metric.Series) ([]Verdict, error) {
		f, err := ds.feed(s.Key)
		if err != nil {
			return nil, err
		}
		out := make([]Verdict, s.Len())
		for i, x := range s.Values {
			if i%1024 == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if out[i] = noVerdict; usable(s.Times[i], x) {
				out[i] = VerdictOf(f.next(s.Times[i], x))
			}
		}
		return out, ds.keep(f)
	}
	var out [][]Verdict
	err := Each(ctx, len(series), read, work, p, func(res Result[[]Verdict]) error {
		out = append(out, res.Out)
		return res.Err
	})
	return out, err
}

func usable(t int64, x float64) bool {
	return t != ingest.NoTime && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// ServerVerdict is what is told of a VM at a time; NaN where nothing is known.
type ServerVerdict struct {
	VM           string
	Time         int64
	Score, Alert float64
	Top          string // the metrics that contribute most, "cpu 0.62;disk 0.20"
}

// ServerVerdictOf is a VM's point as it is told.
func ServerVerdictOf(vm string, p anomaly.ServerPoint) ServerVerdict {
	return ServerVerdict{vm, p.Time, p.Score, p.Alert, topText(p.Top)}
}

// DetectServers scores the VMs of a file: a verdict for each row where a row
// holds all metrics of a VM, otherwise for each time of each VM, in order.
func DetectServers(ctx context.Context, file ingest.Ordered, ds *Detectors, p Progress) ([]ServerVerdict, error) {
	vms := machines(file)
	byName := map[string]*machine{}
	for _, m := range vms {
		byName[m.vm] = m
	}
	read := func(_ context.Context, i int) (metric.Series, error) {
		return metric.Series{Key: metric.Key{VM: vms[i].vm}}, nil
	}
	work := func(ctx context.Context, s metric.Series) (struct{}, error) {
		return struct{}{}, byName[s.VM].score(ctx, ds)
	}
	err := Each(ctx, len(vms), read, work, p, func(res Result[struct{}]) error { return res.Err })
	if err != nil {
		return nil, err
	}
	if file.Whole {
		out := make([]ServerVerdict, file.Rows)
		for _, m := range vms {
			for i, row := range m.rows {
				out[row] = m.out[i]
			}
		}
		return out, nil
	}
	var out []ServerVerdict
	for _, m := range vms {
		out = append(out, m.out...)
	}
	return out, nil
}

// topText tells the metrics that contribute most.
func topText(top []anomaly.Metric) string {
	parts := make([]string, len(top))
	for i, m := range top {
		parts[i] = strings.ReplaceAll(m.Name, ";", ",") + " " + strconv.FormatFloat(m.Share, 'f', 2, 64)
	}
	return strings.Join(parts, ";")
}
