package export

import (
	"bufio"
	"context"

	"aiops/metric"
)

// writePrediction writes a forecast as rows of forecast.csv.
func writePrediction(w *bufio.Writer, p metric.Prediction) error {
	before := csvField(p.VM) + "," + csvField(p.Metric) + ","
	var line []byte
	for i, t := range p.Times {
		line = append(line[:0], before...)
		line = appendTime(line, t)
		for _, v := range []float64{p.Value[i], p.Lower[i], p.Upper[i]} {
			line = appendValue(append(line, ','), v)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// forecastSheet writes the sheet of predictions, a row a step.
func (wb *workbook) forecastSheet(ctx context.Context) error {
	if wb.ahead == nil || len(wb.ahead.kept) == 0 {
		return nil
	}
	s := &sheet{wb: wb, name: "Forecast", head: []any{"vm", "metric", "timestamp", "value_predicted", "lower_bound", "upper_bound", "interval", "model"}}
	for _, p := range wb.ahead.kept {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, t := range p.Times {
			row := []any{p.VM, p.Metric, excelTime(t, wb.times), p.Value[i], p.Lower[i], p.Upper[i], p.Level, p.Model}
			if err := s.add(row); err != nil {
				return err
			}
		}
	}
	return s.flush()
}
