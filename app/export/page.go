package export

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"aiops/app/view"
	"aiops/charts"
	"aiops/metric"
)

//go:embed report.html report.css
var files embed.FS

var pages = template.Must(template.New("").ParseFS(files, "report.html"))

// page is index.html in the making.
type page struct {
	*job
	ids     *fileNames // anchors
	reports []*vmReport
	high    []finding
	silence []finding
}

// section writes a VM's section and keeps what the head needs of it.
func (p *page) section(ctx context.Context, v vmSelection, all []*series, sc view.Scene, w io.Writer) error {
	rep := &vmReport{vmSelection: v, ID: "vm-" + p.ids.unique(v.Name)}
	own := all[0]
	for _, s := range all {
		if s.Metric == p.first {
			own = s
		}
		if f, ok := p.job.high(s); ok {
			p.high = append(p.high, f)
		}
	}
	rep.spark = newSpark(own, sc.Range)
	p.apart = p.apart || sc.Range != p.Range
	p.silence = append(p.silence, p.silent(v.Name, all)...)
	data := sectionData{VM: v.Name, ID: rep.ID, About: p.about(all, sc.Range), Notes: sc.AnnotationRows()}
	for _, s := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := p.block(s, sc)
		if err != nil {
			return err
		}
		data.Charts = append(data.Charts, b)
		figures := *s
		figures.Data = metric.Envelope{}
		rep.Series = append(rep.Series, &figures)
	}
	p.reports = append(p.reports, rep)
	return pages.ExecuteTemplate(w, "section", data)
}

// sectionData is what the template of a VM's section shows.
type sectionData struct {
	VM, ID, About string
	Notes         []view.AnnotationRow
	Charts        []block
}

// block is one chart with its heading.
type block struct {
	Metric, Figures, Alt string
	SVG                  template.HTML
}

// about tells how much there is of a VM, and of which time if not all.
func (p *page) about(all []*series, r metric.Range) string {
	var points int64
	for _, s := range all {
		points += s.Sum.Count
	}
	text := count(len(all), "metric", "metrics") + ", " + count(points, "point", "points")
	if step := stepText(all); step != "" {
		text += ", " + step
	}
	if r != p.Range {
		text += ". " + p.opt.clock().Range(closed(r))
	}
	return text + "."
}

// stepText tells the typical distance of points: "step 1 min", "steps of 1 min to 1 h".
func stepText(all []*series) string {
	var low, high int64
	for _, s := range all {
		if s.Step > 0 {
			if low == 0 || s.Step < low {
				low = s.Step
			}
			high = max(high, s.Step)
		}
	}
	switch {
	case low == 0:
		return ""
	case low == high:
		return "step " + view.Duration(low)
	}
	return "steps of " + view.Duration(low) + " to " + view.Duration(high)
}

// block draws one series.
func (p *page) block(s *series, sc view.Scene) (block, error) {
	f := sc.SeriesFigure(s.Key, charts.Light)
	size := charts.Size{W: figureWidth, H: chartHeight}
	if len(f.Flags) > 0 {
		size.H += flagsHeight
	}
	svg, err := inlineSVG(f, size)
	if err != nil {
		return block{}, fmt.Errorf("draw %s: %w", s.Key, err)
	}
	u, m := s.Unit, s.Sum
	figures := fmt.Sprintf("last %s, min %s, mean %s, p95 %s, max %s", u.Format(m.Last), u.Format(m.Min), u.Format(m.Mean), u.Format(m.P95), u.Format(m.Max))
	if s.Silent > 0 {
		figures = "no data for " + view.Duration(s.Silent) + ", " + figures
	}
	alt := fmt.Sprintf("Line chart of %s %s, %s: %s", s.VM, s.Metric, p.opt.clock().Range(closed(f.Range)), figures)
	return block{Metric: s.Metric, Figures: figures, Alt: alt, SVG: svg}, nil
}

// inlineSVG draws a figure as an element of the page, which gives it its colours.
func inlineSVG(f charts.Figure, size charts.Size) (template.HTML, error) {
	var b bytes.Buffer
	if err := f.WriteSVGWith(&b, size, charts.SVGOptions{Inline: true, CSSVariables: true}); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil // made by this program, which escapes names
}

// pageData is what the template of the page shows.
type pageData struct {
	Title, About, Zone string
	CSS                template.CSS
	Findings           []finding
	Table              table
	VMs                []*vmReport
	Limit              string
	Whole              string
	Links              map[string]string // VM to anchor
	Outlook, Anomalies bool
}

// write writes the page around the sections in body.
func (p *page) write(w io.Writer, body io.Reader) error {
	open, over := p.incidents()
	var soon, odd []finding
	if p.ahead != nil {
		soon = p.ahead.soon()
	}
	if p.found != nil {
		odd = p.found.odd()
	}
	d := pageData{
		Title: "Server metrics, " + dates(p.Range, p.opt.Zone), About: p.aboutAll(),
		Zone: p.opt.clock().ZoneName(p.Ref), Table: p.table(p.reports), VMs: p.reports,
		Outlook: p.ahead != nil, Anomalies: p.found != nil, Limit: short(metric.Percent, alarmPercent), Whole: metric.Grouped(readPoints), Links: map[string]string{},
		Findings: rank(
			group{p.high, "%s series are above their limit"},
			group{soon, "%s series reach their limit soon"},
			group{open, "%s incidents go on"},
			group{odd, "%s critical incidents were found"},
			group{p.silence, "%s VMs or series have stopped sending"},
			group{over, "%s incidents in this range"}),
	}
	for _, r := range p.reports {
		d.Links[r.Name] = r.ID
	}
	css, err := styleSheet()
	if err != nil {
		return err
	}
	d.CSS = css
	if err := pages.ExecuteTemplate(w, "head", d); err != nil {
		return err
	}
	if _, err := io.Copy(w, body); err != nil {
		return err
	}
	if p.found != nil {
		if err := p.found.write(w); err != nil {
			return err
		}
	}
	if p.ahead != nil {
		if err := p.ahead.write(w); err != nil {
			return err
		}
	}
	return pages.ExecuteTemplate(w, "foot", d)
}

// aboutAll is the line below the title.
func (p *page) aboutAll() string {
	c := p.opt.clock()
	var all []*series
	for _, r := range p.reports {
		all = append(all, r.Series...)
	}
	counts := []string{count(len(p.reports), "VM", "VMs"), metric.Grouped(int64(len(all))) + " series", count(p.points, "point", "points")}
	counts = append(counts, stepText(all))
	counts = slices.DeleteFunc(counts, func(s string) bool { return s == "" })
	info := p.store.Info()
	source := info.Name
	if info.Kind != "" {
		source += " (" + info.Kind + ")"
	}
	made := c.Now().In(p.opt.Zone).Format("Mon 2 Jan 2006 15:04")
	return fmt.Sprintf("%s %s. Source: %s. %s. Made %s by %s.", c.Range(closed(p.Range)), c.ZoneName(p.Ref), source,
		strings.Join(counts, ", "), made, strings.TrimSpace("AIOps Dashboard "+p.opt.Version))
}
