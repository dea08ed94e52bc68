package export

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// writeCSV writes incidents.csv, a row an anomaly, with times in UTC and every
// digit of the values.
func (s *sightings) writeCSV() error {
	if !slices.Contains(s.wanted, "csv") {
		return nil
	}
	f, err := s.stage.create("incidents.csv")
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	w.WriteString("incident,severity,vm,metric,kind,from,to,points,score,value,expected\n") // the writer keeps its errors
	var line []byte
	for _, r := range s.found.SpanRows() {
		line = append(line[:0], strconv.Itoa(r.Incident)+","+string(r.Severity)+","+csvField(r.VM)+","+csvField(r.Metric)+","+csvField(string(r.Kind))+","...)
		line = append(appendTime(line, r.From), ',')
		line = append(appendTime(line, r.To), ',')
		line = strconv.AppendInt(line, int64(r.Points), 10)
		for _, v := range []float64{r.Score, r.Value, r.Expected} {
			line = append(line, ',')
			if !math.IsNaN(v) {
				line = appendValue(line, v)
			}
		}
		w.Write(append(line, '\n'))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write incidents.csv: %w", err)
	}
	return f.Close()
}

// incidentSheet writes the sheet of anomalies, a row each.
func (wb *workbook) incidentSheet(ctx context.Context) error {
	if wb.found == nil {
		return nil
	}
	s := &sheet{wb: wb, name: "Incidents", head: []any{"incident", "severity", "vm", "metric", "kind", "from", "to", "points", "score", "value", "expected"}}
	for _, r := range wb.found.found.SpanRows() {
		if err := ctx.Err(); err != nil {
			return err
		}
		row := []any{r.Incident, string(r.Severity), r.VM, r.Metric, string(r.Kind), excelTime(r.From, wb.times), excelTime(r.To, wb.times), r.Points, r.Score, cellNumber(r.Value), cellNumber(r.Expected)}
		if err := s.add(row); err != nil {
			return err
		}
	}
	return s.flush()
}

// cellNumber is a value as a cell; what is not finite leaves it empty.
func cellNumber(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}
