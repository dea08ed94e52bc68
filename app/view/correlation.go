package view

import (
	"fmt"
	"math"

	"aiops/charts"
	"aiops/metric"
)

// mostMatrix is how many series the matrix compares.
const mostMatrix = 16

// gridPoints is how many moments series are compared at.
const gridPoints = 2000

// correlate is the correlation of each two series at the same times.
func (p ExplorePlan) correlate(keys []metric.Key) [][]float64 {
	var step int64 = 1
	for _, k := range keys {
		sc, _ := p.findings.scored(k)
		step = max(step, sc.Step)
	}
	step = max(step, p.Range.Len()/gridPoints)
	columns := make([][]float64, len(keys))
	for i, k := range keys {
		columns[i] = onGrid(pointsIn(k, p.points(k), p.Range), p.Range, step)
	}
	out := make([][]float64, len(keys))
	for i := range out {
		out[i] = make([]float64, len(keys))
		for j := range out[i] {
			switch {
			case i == j:
				out[i][j] = 1
			case j < i:
				out[i][j] = out[j][i]
			default:
				out[i][j] = correlation(columns[i], columns[j])
			}
		}
	}
	return out
}

// onGrid are the means of a series' points in each step, NaN where there are none.
func onGrid(s metric.Series, r metric.Range, step int64) []float64 {
	n := int((r.Len() + step - 1) / step)
	sum, count := make([]float64, n), make([]float64, n)
	for i, t := range s.Times {
		if k := int((t - r.From) / step); k >= 0 && k < n {
			sum[k] += s.Values[i]
			count[k]++
		}
	}
	for k := range sum {
		sum[k] /= count[k]
	}
	return sum
}

// fewestPairs is how many moments two series need in common.
const fewestPairs = 12

// correlation is Pearson's; NaN where it is not defined.
func correlation(a, b []float64) float64 {
	var n, ma, mb float64
	for i := range a {
		if !math.IsNaN(a[i] + b[i]) {
			n++
			ma, mb = ma+a[i], mb+b[i]
		}
	}
	if n < fewestPairs {
		return math.NaN()
	}
	ma, mb = ma/n, mb/n
	var ab, aa, bb float64
	for i := range a {
		if x, y := a[i]-ma, b[i]-mb; !math.IsNaN(x + y) {
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
	}
	if aa == 0 || bb == 0 {
		return math.NaN()
	}
	return ab / math.Sqrt(aa*bb)
}

// Matrix is the correlation of the selected series as a chart.
func (e *Explored) Matrix(theme charts.Theme) charts.Figure {
	keys := e.Plan.Keys[:len(e.matrix)]
	names := shortNames(keys)
	c := &charts.Cells{Colors: charts.SignedRamp}
	f := charts.Figure{Theme: theme, Range: metric.Range{From: 0, To: int64(len(keys)) * 1000}}
	for i := range keys {
		r := charts.Row{Name: names[i]}
		for j, v := range e.matrix[i] {
			cell := charts.Cell{From: int64(j) * 1000, To: int64(j+1) * 1000, Value: v, Text: fmt.Sprintf("%.2f", math.Abs(v))}
			if v < 0 {
				cell.Text = "−" + cell.Text
			}
			r.Cells = append(r.Cells, cell)
		}
		c.Rows = append(c.Rows, r)
		f.Ticks = append(f.Ticks, charts.Tick{Time: int64(i)*1000 + 500, Text: names[i]})
	}
	if len(keys)*longest(names) > widestNames { // their names would not fit; the rows have the same order
		for i := range f.Ticks {
			f.Ticks[i].Text = fmt.Sprint(i + 1)
			c.Rows[i].Name = fmt.Sprintf("%s  %d", names[i], i+1)
		}
	}
	f.Panels = []charts.Panel{{Cells: c}}
	return f
}

// widestNames is how many letters side by side there is room for.
const widestNames = 36

func longest(names []string) (n int) {
	for _, s := range names {
		n = max(n, len(s))
	}
	return n
}

// shortNames leaves the VM or the metric out where all have the same.
func shortNames(keys []metric.Key) []string {
	oneVM, oneMetric := true, true
	for _, k := range keys {
		oneVM, oneMetric = oneVM && k.VM == keys[0].VM, oneMetric && k.Metric == keys[0].Metric
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		switch {
		case len(keys) == 1 || !oneVM && !oneMetric:
			out[i] = k.String()
		case oneVM:
			out[i] = k.Metric
		default:
			out[i] = k.VM
		}
	}
	return out
}

// MatrixAbout is the matrix's remark.
func (e *Explored) MatrixAbout() string {
	text := "of the selected series, at the same time"
	if e.Skipped > 0 {
		text = fmt.Sprintf("of the first %d of %d selected series", len(e.matrix), len(e.Plan.Keys))
	}
	return text
}
