package export

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"aiops/app/view"
	"aiops/metric"
)

// vmReport is what is kept of a VM after its section is written.
type vmReport struct {
	vmSelection
	ID     string // anchor of the section
	Series []*series
	spark  spark
}

func (v *vmReport) find(name string) *series {
	i := slices.IndexFunc(v.Series, func(s *series) bool { return s.Metric == name })
	if i < 0 {
		return nil
	}
	return v.Series[i]
}

// table is the summary of all VMs.
type table struct {
	Heads []head
	Rows  []row
	Note  string // what the columns leave out
}

type head struct {
	Text  string
	Class string // "num", "spark" or ""
}

type row struct {
	VM, ID string
	Cells  []cell
}

type cell struct {
	Text  string
	Class string // "num", "num crit", "num warn", "muted" or ""
	Spark *drawnSpark
}

// maxExtra is how many columns of further metrics fit beside the first one's.
const maxExtra = 5

// column is one column of figures.
type column struct {
	head   string
	metric string // empty: the VM's own first metric
	figure func(*series) float64
	last   bool // says "no data" when the series has stopped
	text   func(float64) string
}

func last(s *series) float64 { return s.Sum.Last }
func mean(s *series) float64 { return s.Sum.Mean }
func p95(s *series) float64  { return s.Sum.P95 }
func peak(s *series) float64 { return s.Sum.Max }

// headline chooses the metric of the sparkline: cpu where it is, otherwise the
// one that most VMs have. It is empty when no metric is shared by half of them.
func headline(catalog []vmSelection) string {
	have := coverage(catalog)
	best := ""
	for _, m := range metricOrder(have) {
		if isCPU(m) && 2*have[m] >= len(catalog) {
			return m
		}
		if have[m] > have[best] {
			best = m
		}
	}
	if 2*have[best] < len(catalog) {
		return ""
	}
	return best
}

func isCPU(name string) bool { return strings.Contains(strings.ToLower(name), "cpu") }

// coverage counts the VMs that have each metric.
func coverage(catalog []vmSelection) map[string]int {
	have := map[string]int{}
	for _, v := range catalog {
		for _, s := range v.Series {
			have[s.Metric]++
		}
	}
	return have
}

// metricOrder lists metrics as people look at them: cpu, other percentages,
// latencies, the rest; by name among equals.
func metricOrder(have map[string]int) []string {
	var names []string
	for m := range have {
		names = append(names, m)
	}
	order := func(m string) int {
		switch u := metric.UnitOf(m); {
		case strings.EqualFold(m, "cpu"):
			return 0
		case isCPU(m):
			return 1
		case u == metric.Percent:
			return 2
		case u == metric.Milliseconds:
			return 3
		}
		return 4
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), strings.Compare(a, b))
	})
	return names
}

// columns chooses the figures of the table from the metrics that are there.
func (j *job) columns(reports []*vmReport) (cols []column, shown []string) {
	first := j.first
	lastHead := "Last"
	if first != "" {
		lastHead = first + " last"
		shown = append(shown, first)
	}
	cols = []column{
		{head: lastHead, metric: first, figure: last, last: true},
		{head: "Mean", metric: first, figure: mean},
		{head: "p95", metric: first, figure: p95},
		{head: "Max", metric: first, figure: peak},
	}
	have := coverage(j.VMs)
	for _, m := range metricOrder(have) {
		if m == first || 2*have[m] < len(j.VMs) || len(cols) >= 4+maxExtra {
			continue
		}
		shown = append(shown, m)
		if metric.UnitOf(m) == metric.Milliseconds && len(cols)+2 <= 4+maxExtra {
			cols = append(cols, column{head: m + " last", metric: m, figure: last, last: true},
				column{head: "Max", metric: m, figure: peak})
			continue
		}
		cols = append(cols, column{head: m, metric: m, figure: last, last: true})
	}
	for i := range cols {
		cols[i].text = format(cols[i], reports)
	}
	return cols, shown
}

// format writes a column in one unit where its values are near enough to each
// other for that, otherwise each value in the unit that suits it.
func format(c column, reports []*vmReport) func(float64) string {
	u := metric.UnitOf(c.metric)
	low, high := math.Inf(1), 0.0
	for _, r := range reports {
		if s := r.find(c.metric); s != nil {
			if v := math.Abs(c.figure(s)); v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if u == metric.Milliseconds || c.metric == "" || high > 1000*low {
		return u.Format
	}
	return view.ScaleFor(u, high).Text
}

// table makes the summary of all VMs.
func (j *job) table(reports []*vmReport) table {
	cols, shown := j.columns(reports)
	shareScale(reports)
	name := j.first
	var t table
	t.Heads = append(t.Heads, head{Text: "VM"})
	if name == "" {
		t.Heads = append(t.Heads, head{Text: "Metric"})
	}
	length := view.Duration(roundRange(j.Range))
	if j.apart {
		length = "own range"
	}
	t.Heads = append(t.Heads, head{Text: strings.TrimPrefix(name+", ", ", ") + length, Class: "spark"})
	for _, c := range cols {
		t.Heads = append(t.Heads, head{Text: c.head, Class: "num"})
	}
	t.Heads = append(t.Heads, head{Text: "Incidents"})
	for _, r := range reports {
		t.Rows = append(t.Rows, j.row(r, cols))
	}
	if n := len(j.Metrics) - len(shown); n > 0 {
		t.Note = count(n, "more metric is", "more metrics are") + " in the sections below."
	}
	return t
}

func (j *job) row(r *vmReport, cols []column) row {
	out := row{VM: r.Name, ID: r.ID}
	own := r.find(j.first)
	if j.first == "" {
		own = r.Series[0]
		out.Cells = append(out.Cells, cell{Text: own.Metric})
	}
	out.Cells = append(out.Cells, cell{Class: "spark", Spark: r.spark.draw()})
	for _, c := range cols {
		s := own
		if c.metric != "" {
			s = r.find(c.metric)
		}
		text := c.text
		if c.metric == "" && s != nil {
			text = s.Unit.Format
		}
		out.Cells = append(out.Cells, j.cell(c, s, text))
	}
	out.Cells = append(out.Cells, j.notesCell(r))
	return out
}

func (j *job) cell(c column, s *series, text func(float64) string) cell {
	switch {
	case s == nil:
		return cell{Text: "–", Class: "num muted"}
	case c.last && s.Silent > 0:
		return cell{Text: "no data", Class: "num warn"}
	}
	v := c.figure(s)
	out := cell{Text: text(v), Class: "num"}
	if limit, _, ok := j.limitOf(s); ok && v > limit {
		out.Class = "num crit"
	}
	return out
}

// notesCell counts the VM's own annotations, and incidents of all VMs.
func (j *job) notesCell(r *vmReport) cell {
	var incidents, others int
	for _, a := range j.notes {
		switch {
		case a.Kind == metric.Incident && (a.VM == "" || a.VM == r.Name):
			incidents++
		case a.VM == r.Name:
			others++
		}
	}
	var parts []string
	if incidents > 0 {
		parts = append(parts, count(incidents, "incident", "incidents"))
	}
	if others > 0 {
		parts = append(parts, count(others, "note", "notes"))
	}
	if len(parts) == 0 {
		return cell{Text: "none", Class: "muted"}
	}
	return cell{Text: strings.Join(parts, ", ")}
}
