package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"aiops/forecast"
	"aiops/metric"
)

// forecastCSV writes predictions as rows, series after series.
type forecastCSV struct {
	out  *output
	buf  []byte
	rows int64
}

func newForecastCSV(out *output) *forecastCSV {
	c := &forecastCSV{out: out}
	_, _ = out.WriteString("vm,metric,timestamp,value_predicted,lower_bound,upper_bound\n") // commit tells the error
	return c
}

func (c *forecastCSV) add(p metric.Prediction) error {
	series := quoted(p.VM) + "," + quoted(p.Metric) + ","
	for i, t := range p.Times {
		b := append(c.buf[:0], series...)
		b = metric.Time(t).AppendFormat(b, wireTime)
		for _, v := range [3]float64{p.Value[i], p.Lower[i], p.Upper[i]} {
			b = appendNumber(append(b, ','), v)
		}
		c.buf = append(b, '\n')
		if _, err := c.out.Write(c.buf); err != nil {
			return fmt.Errorf("write %s: %w", c.out.path, err)
		}
	}
	c.rows += int64(len(p.Times))
	return nil
}

// wireTime is RFC 3339 with a fraction only where there is one.
const wireTime = "2006-01-02T15:04:05.999999Z07:00"

// appendNumber writes the shortest number that reads back the same; nothing
// for what is no number.
func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return b
	}
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// quoted is a field of CSV.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, "\",\r\n") || s[0] == ' ' {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// forecastTable shows the next and the last step of each series.
type forecastTable struct {
	r     *run
	w     *tabwriter.Writer
	level float64
	rows  int
}

func newForecastTable(r *run, level float64) *forecastTable {
	return &forecastTable{r: r, w: tabwriter.NewWriter(r.Out, 0, 8, 2, ' ', 0), level: level}
}

func (t *forecastTable) add(f forecast.Forecast, p metric.Prediction) {
	if t.rows == 0 {
		between := fmt.Sprintf("%.4g %% BETWEEN", 100*t.level)
		fmt.Fprintf(t.w, "VM\tMETRIC\tMODEL\tSTEP\tNEXT\t%s\tUNTIL\tTHEN\t%s\tWHY\n", between, between)
	}
	t.rows++
	u, last := metric.UnitOf(p.Metric), len(p.Times)-1
	between := func(i int) string { return u.Format(p.Lower[i]) + " – " + u.Format(p.Upper[i]) }
	fmt.Fprintf(t.w, "%s\t%s\t%s\t%v\t%s\t%s\t%s\t%s\t%s\t%s\n", p.VM, p.Metric, p.Model, f.Step, u.Format(p.Value[0]), between(0),
		metric.Time(p.Times[last]).In(t.r.zone).Format("2006-01-02 15:04"), u.Format(p.Value[last]), between(last), f.Why)
}

func (t *forecastTable) flush() error { return t.w.Flush() }
