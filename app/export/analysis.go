package export

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"

	"aiops/app"
	"aiops/app/view"
	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Search says whether a report searches for anomalies, and what persons said of
// metrics and times.
type Search struct {
	On        bool
	Detection *app.Detection // nil: nothing
}

// sightings are the anomalies of an export in the making.
type sightings struct {
	*job
	found *view.Findings
	rows  []view.IncidentRow
}

const (
	mostIncidents = 60 // rows of the table
	mostDetails   = 8  // incidents with a figure
	mostMovedRows = 8
)

// examine searches every series of the selection.
func (j *job) examine(ctx context.Context) error {
	notes, err := j.store.Annotations(ctx, j.Range)
	if err != nil {
		return fmt.Errorf("read annotations: %w", err)
	}
	var keys []metric.Key
	var counts []int64
	for _, v := range j.VMs {
		for _, s := range v.Series {
			keys, counts = append(keys, s.Key), append(counts, s.Count)
		}
	}
	plan := view.NewSearch(keys, j.Range, j.newest(), notes, j.opt.clock())
	plan.Detection = j.opt.Search.Detection
	found, err := view.Examine(ctx, j.store, plan, func(done, _ int64) {
		j.step(counts[done-1], "Searching "+keys[done-1].String())
	}, nil)
	if err != nil {
		return fmt.Errorf("search for anomalies: %w", err)
	}
	s := &sightings{job: j, found: found, rows: found.Worst()}
	j.found = s
	if err := s.writeCSV(); err != nil {
		return err
	}
	return s.pictures()
}

// newest is the time of the newest point of the selection inside the range.
func (j *job) newest() (t int64) {
	for _, v := range j.VMs {
		for _, s := range v.Series {
			t = max(t, min(s.Last, j.Range.To-1))
		}
	}
	return t
}

// sightingsData is what the template of the section shows.
type sightingsData struct {
	About, Cells, Alt, More string
	SVG                     template.HTML
	Rows                    []incidentRow
	Failed                  []string
	Figures                 []incidentFigure
}

// incidentRow is a line of the table of incidents.
type incidentRow struct {
	ID, Title, Severity, When, Length, What, Score string
	Level                                          level
	Spark                                          *drawnSpark
}

// incidentFigure is an incident with its chart, its reasons and what moved with it.
type incidentFigure struct {
	ID, Title, Lead, Rest, Alt, Score string
	SVG                               template.HTML
	Reasons                           []scorePart
	Moved                             []view.MovedRow
}

type scorePart struct {
	view.Reason
	Width string // of 100
}

func levelOf(s anomaly.Severity) level {
	switch s {
	case anomaly.Critical:
		return critical
	case anomaly.Warning:
		return warning
	}
	return note
}

// write writes the section into the report.
func (s *sightings) write(w io.Writer) error {
	lanes := s.found.Lanes(s.Range, figureWidth-180)
	f := lanes.Figure(charts.Light)
	f.Panels[0].Title = ""
	svg, err := inlineSVG(f, charts.Size{W: figureWidth, H: lanes.Height()})
	if err != nil {
		return fmt.Errorf("draw the anomaly scores: %w", err)
	}
	d := sightingsData{SVG: svg, Cells: view.Duration(lanes.Cell) + " cells",
		About: count(len(s.rows), "incident", "incidents") + " in " + metric.Grouped(int64(len(s.found.Series))) + " series, the worst first."}
	d.Alt = "Anomaly scores of " + count(lanes.Rows(), "VM", "VMs") + " over time, " + s.opt.clock().Range(closed(s.Range))
	for _, sc := range s.found.Series {
		if sc.Err != nil {
			d.Failed = append(d.Failed, sc.Key.String()+": "+sc.Err.Error())
		}
	}
	for i, r := range s.rows[:min(len(s.rows), mostIncidents)] {
		row := s.row(r)
		if i < mostDetails {
			fig, err := s.figure(r, i)
			if err != nil {
				return err
			}
			row.ID = fig.ID
			d.Figures = append(d.Figures, fig)
		}
		d.Rows = append(d.Rows, row)
	}
	if n := len(s.rows) - mostIncidents; n > 0 {
		d.More = count(n, "less severe incident is", "less severe incidents are") + " left out; incidents.csv (--format csv) has all."
	}
	return pages.ExecuteTemplate(w, "anomalies", d)
}

func (s *sightings) row(r view.IncidentRow) incidentRow {
	out := incidentRow{Title: r.Title, Severity: view.SeverityWord(r.Severity), When: s.opt.clock().Range(metric.Range{From: r.From, To: r.To}),
		Length: view.Duration(r.End - r.From), What: r.What, Score: r.ScoreNow, Level: levelOf(r.Severity)}
	if r.From == r.To {
		out.When = s.opt.clock().Time(r.From)
	}
	if data, in := r.ShapePoints(); data.Len() > 1 {
		one := &series{Key: r.Spans[0].Key, Data: data}
		out.Spark = newSpark(one, in).draw()
	}
	return out
}

// figure draws an incident's first mover.
func (s *sightings) figure(r view.IncidentRow, i int) (incidentFigure, error) {
	sc := s.found.Scene(r)
	svg, err := inlineSVG(sc.Figure(charts.Light), charts.Size{W: figureWidth, H: chartHeight + flagsHeight})
	if err != nil {
		return incidentFigure{}, fmt.Errorf("draw the incident %s: %w", r.Title, err)
	}
	out := incidentFigure{ID: fmt.Sprintf("incident-%d", i+1), Title: r.Title, SVG: svg, Moved: s.found.Moved(r, mostMovedRows)}
	out.Lead, out.Rest = sc.Words()
	out.Alt = "Line chart of " + sc.Key.String() + " about the incident: " + out.Lead
	score, reasons := sc.Reasons()
	out.Score = score
	for _, part := range reasons {
		out.Reasons = append(out.Reasons, scorePart{part, fmt.Sprintf("%.0f", 100*part.Share)})
	}
	return out, nil
}

// pictures writes lanes and worst incidents as files of their own.
func (s *sightings) pictures() error {
	lanes := s.found.Lanes(s.Range, figureWidth-180)
	if err := s.pictureAs("Anomaly score", lanes.Figure(charts.Light), lanes.Height()); err != nil {
		return err
	}
	for _, r := range s.rows[:min(len(s.rows), mostDetails)] {
		sc := s.found.Scene(r)
		sc.Titled = true
		if err := s.pictureAs("Incident "+strings.ReplaceAll(r.Title, ",", ""), sc.Figure(charts.Light), frameHeight+2*panelHeight); err != nil {
			return err
		}
	}
	return nil
}

// pictureAs writes a figure in every format of pictures that is wanted.
func (s *sightings) pictureAs(name string, f charts.Figure, height float64) error {
	stem := ""
	for _, format := range s.wanted {
		if !isPicture(format) {
			continue
		}
		if stem == "" {
			stem = s.charts.unique(name)
		}
		if err := s.sizedPicture("charts/"+stem+"."+format, f, height, format); err != nil {
			return err
		}
	}
	return nil
}

// odd are the critical incidents that were found.
func (s *sightings) odd() (out []finding) {
	for _, r := range s.rows {
		if r.Severity == anomaly.Critical {
			out = append(out, finding{Level: critical, VM: r.Spans[0].VM, name: r.Spans[0].VM, Title: r.Title, Detail: r.When + ", " + r.What, weight: r.Score})
		}
	}
	return out
}
