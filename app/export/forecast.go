package export

import (
	"bufio"
	"context"
	"fmt"
	"html/template"
	"io"
	"os"
	"slices"
	"time"

	"aiops/app"
	"aiops/app/view"
	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

// Ahead says how far a report looks ahead and with what. Without a span it does not.
type Ahead struct {
	Span       time.Duration
	Model      string  // empty: auto
	Level      float64 // of the interval; 0 is 0.8
	Forecaster forecast.Forecaster
}

func (a Ahead) options() forecast.Options {
	o := forecast.Options{Span: a.Span, Model: a.Model, Level: a.Level}
	if o.Level == 0 {
		o.Level = 0.8
	}
	return o
}

// outlook is the forecasts of an export in the making: figures wait in a
// scratch file, tables in memory.
type outlook struct {
	*job
	head   []string
	rows   []view.ForecastRow
	ids    map[metric.Key]string // anchors of the figures
	failed []string              // why there is no forecast of a series
	body   *os.File              // figures of the report
	figure *bufio.Writer
	csv    *os.File
	table  *bufio.Writer
	kept   []metric.Prediction // for the workbook
}

// outlookHistory is how many horizons of history a figure shows.
const outlookHistory = 4

// foresee forecasts every series of the selection from the end of the range.
func (j *job) foresee(ctx context.Context) error {
	o := &outlook{job: j, ids: map[metric.Key]string{}}
	j.ahead = o
	if err := o.open(); err != nil {
		return err
	}
	var keys []metric.Key
	var counts []int64
	later := false
	for _, v := range j.VMs {
		for _, s := range v.Series {
			keys, counts = append(keys, s.Key), append(counts, s.Count)
			later = later || s.Last >= j.Range.To
		}
	}
	f := j.opt.Ahead.Forecaster
	if later { // stored models know what came after the range
		f.Storage = nil
	}
	if f.Now == nil {
		f.Now = func() time.Time { return j.opt.Now }
	}
	req := app.ForecastRequest{Keys: keys, Range: metric.Range{From: metric.All.From, To: j.Range.To}, Options: j.opt.Ahead.options()}
	i := 0
	err := app.ForecastStore(ctx, j.store, f, req, nil, func(res app.ForecastResult) error {
		k := keys[i]
		j.step(counts[i], "Forecasting "+k.String())
		i++
		if res.Err != nil || res.History.Len() == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			o.failed = append(o.failed, reason(k, res.Err))
			return nil
		}
		return o.take(res, req.Options)
	})
	if err != nil {
		return fmt.Errorf("forecast: %w", err)
	}
	slices.SortStableFunc(o.rows, view.CompareForecasts)
	return o.flush()
}

func reason(k metric.Key, err error) string {
	if err == nil {
		return k.String() + ": no points"
	}
	return err.Error()
}

// open makes the files that forecasts go to.
func (o *outlook) open() (err error) {
	if slices.Contains(o.wanted, "html") {
		if o.body, err = o.stage.scratch(); err != nil {
			return err
		}
		o.figure = bufio.NewWriterSize(o.body, 1<<16)
	}
	if slices.Contains(o.wanted, "csv") {
		if o.csv, err = o.stage.create("forecast.csv"); err != nil {
			return err
		}
		o.table = bufio.NewWriterSize(o.csv, 1<<16)
		_, err = o.table.WriteString("vm,metric,timestamp,value_predicted,lower_bound,upper_bound\n")
	}
	return err
}

func (o *outlook) flush() error {
	if o.figure != nil {
		if err := o.figure.Flush(); err != nil {
			return fmt.Errorf("write the report's forecasts: %w", err)
		}
	}
	if o.table != nil {
		if err := o.table.Flush(); err != nil {
			return fmt.Errorf("write forecast.csv: %w", err)
		}
		if err := o.csv.Close(); err != nil {
			return fmt.Errorf("write forecast.csv: %w", err)
		}
	}
	return nil
}

// close gives the scratch file up.
func (o *outlook) close() {
	if o.body != nil {
		o.body.Close()
	}
}

// take writes one forecast to wherever it is wanted.
func (o *outlook) take(res app.ForecastResult, options forecast.Options) error {
	m := view.ForeseenOf(res, options)
	last := res.History.Times[res.History.Len()-1]
	span := options.Span.Microseconds()
	sc := view.SceneOf(m, metric.Range{From: max(o.Range.From, last-outlookHistory*span), To: last}, options.Level, o.opt.Thresholds, o.opt.clock())
	row := sc.Row()
	if o.head == nil {
		o.head = sc.ForecastHead()
	}
	o.rows = append(o.rows, row)
	if o.figure != nil {
		if err := o.draw(sc, row); err != nil {
			return err
		}
	}
	if err := o.pictures(sc); err != nil {
		return err
	}
	p := m.Forecast.Prediction(options.Level)
	if slices.Contains(o.wanted, "xlsx") {
		o.kept = append(o.kept, p)
	}
	if o.table != nil {
		return writePrediction(o.table, p)
	}
	return nil
}

// pictures writes the figure as files of its own.
func (o *outlook) pictures(sc view.ForecastScene) error {
	var stem string
	for _, format := range o.wanted {
		if !isPicture(format) {
			continue
		}
		if stem == "" {
			stem = o.charts.unique(sc.Plan.Key.String() + " forecast")
		}
		f := sc.Figure(charts.Light)
		f.Panels[0].Title = sc.Plan.Key.String()
		if err := o.picture("charts/"+stem+"."+format, f, format); err != nil {
			return err
		}
	}
	return nil
}

// forecastBlock is a forecast's figure with its heading.
type forecastBlock struct {
	ID, VM, Metric, Lead, Why, Alt string
	SVG                            template.HTML
}

// draw writes the figure into the report.
func (o *outlook) draw(sc view.ForecastScene, row view.ForecastRow) error {
	sc.Titled = false
	svg, err := inlineSVG(sc.Figure(charts.Light), charts.Size{W: figureWidth, H: chartHeight + flagsHeight})
	if err != nil {
		return fmt.Errorf("draw the forecast of %s: %w", row.Key, err)
	}
	id := fmt.Sprintf("forecast-%d", len(o.rows))
	o.ids[row.Key] = id
	alt := fmt.Sprintf("Forecast of %s: now %s, in %s %s, %s", row.Key, row.Now, view.HorizonText(sc.Span), row.End, row.Interval)
	return pages.ExecuteTemplate(o.figure, "forecast", forecastBlock{ID: id, VM: row.Key.VM, Metric: row.Key.Metric, Lead: row.Lead, Why: row.Why, Alt: alt, SVG: svg})
}

// outlookData is what the template of the section shows.
type outlookData struct {
	Span, Level string
	Heads       []head
	Rows        []outlookRow
	Failed      []string
}

type outlookRow struct {
	ID, Name string
	Cells    []cell
}

// data is the section's table.
func (o *outlook) data() outlookData {
	options := o.opt.Ahead.options()
	d := outlookData{Span: view.HorizonText(options.Span), Level: view.LevelText(options.Level), Failed: o.failed}
	for i, h := range o.head {
		class := "num"
		if i < 2 {
			class = ""
		}
		d.Heads = append(d.Heads, head{h, class})
	}
	for _, r := range o.rows {
		row := outlookRow{ID: o.ids[r.Key], Name: r.Key.String()}
		for i, text := range r.Cells() {
			c := cell{Text: text, Class: "num"}
			switch {
			case i == 0:
				c.Class = ""
			case text == "reached":
				c.Class = "num crit"
			case text == view.Later || text == "–":
				c.Class = "num muted"
			}
			row.Cells = append(row.Cells, c)
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// write writes the section into the report.
func (o *outlook) write(w io.Writer) error {
	if err := pages.ExecuteTemplate(w, "outlook", o.data()); err != nil {
		return err
	}
	if _, err := o.body.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the report's forecasts: %w", err)
	}
	if _, err := io.Copy(w, o.body); err != nil {
		return err
	}
	_, err := io.WriteString(w, "</section>\n")
	return err
}

// soon are the limits that will probably be reached within the horizon.
func (o *outlook) soon() (out []finding) {
	for i, r := range o.rows {
		if r.Soon != "" && !r.Reached {
			out = append(out, finding{Level: warning, VM: r.Key.VM, name: r.Key.String(), Title: r.Soon, Detail: r.Sure, weight: -float64(i)})
		}
	}
	return out
}
