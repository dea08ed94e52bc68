package cli

import (
	"fmt"
	"math"
	"strconv"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/ingest"
)

// detectCSV writes scores as rows.
type detectCSV struct {
	out  *output
	buf  []byte
	rows int64
}

func newDetectCSV(out *output, by string) *detectCSV {
	header := "vm,metric,timestamp,value,expected,lower,upper,anomaly_score,alert_score,is_anomaly,kind\n"
	if by == "vm" {
		header = "vm,timestamp,anomaly_score,alert_score,is_anomaly,top_metrics\n"
	}
	_, _ = out.WriteString(header) // commit tells the error
	return &detectCSV{out: out}
}

// series writes a series of the database.
func (w *detectCSV) series(s app.Scored) {
	for _, p := range s.Points {
		w.point(s.Key, p.Time, p.Value, app.VerdictOf(p))
	}
}

// server writes a VM of the database.
func (w *detectCSV) server(s app.ScoredServer) {
	for _, p := range s.Points {
		w.vm(app.ServerVerdictOf(s.VM, p))
	}
}

func (w *detectCSV) point(k metric.Key, t int64, value float64, v app.Verdict) {
	b := append(w.buf[:0], quoted(k.VM)...)
	b = append(append(b, ','), quoted(k.Metric)...)
	b = appendTime(append(b, ','), t)
	for _, x := range [4]float64{value, v.Expected, v.Lower, v.Upper} {
		b = appendNumber(append(b, ','), x)
	}
	b = appendScores(append(b, ','), v.Score, v.Alert)
	w.line(append(append(b, ','), v.Kind...))
}

func (w *detectCSV) vm(v app.ServerVerdict) {
	b := append(w.buf[:0], quoted(v.VM)...)
	b = appendTime(append(b, ','), v.Time)
	b = appendScores(append(b, ','), v.Score, v.Alert)
	w.line(append(append(b, ','), quotedIf(v.Top)...))
}

func (w *detectCSV) line(b []byte) {
	w.buf = append(b, '\n')
	_, _ = w.out.Write(w.buf) // commit tells the error
	w.rows++
}

// finish puts the file in its place and says so.
func (w *detectCSV) finish(r *run) error {
	if err := w.out.commit(); err != nil {
		return err
	}
	if w.out.path != "-" {
		fmt.Fprintf(r.Out, "Scores, %s rows, are in %s.\n", metric.Grouped(w.rows), w.out.path)
	}
	return nil
}

func (w *detectCSV) discard() {
	if w != nil {
		w.out.discard()
	}
}

func appendTime(b []byte, t int64) []byte {
	if t == ingest.NoTime {
		return b
	}
	return metric.Time(t).AppendFormat(b, wireTime)
}

// appendScores writes both scores and whether the first is beyond the threshold, as printed.
func appendScores(b []byte, score, alert float64) []byte {
	if math.IsNaN(score) {
		return append(b, ",,"...)
	}
	b = strconv.AppendFloat(b, score, 'f', 6, 64)
	b = strconv.AppendFloat(append(b, ','), alert, 'f', 6, 64)
	return strconv.AppendBool(append(b, ','), math.Round(score*1e6)/1e6 >= anomaly.Threshold)
}

func quotedIf(s string) string {
	if s == "" {
		return s
	}
	return quoted(s)
}
