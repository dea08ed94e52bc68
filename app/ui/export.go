package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"aiops/app/view"
	"aiops/metric"
)

// exportFormat is a kind of file that an export writes.
type exportFormat struct{ id, name string }

func exportFormats() []exportFormat {
	return []exportFormat{{"html", "Report (HTML, one page)"}, {"png", "Pictures (PNG)"}, {"svg", "Drawings (SVG)"},
		{"pdf", "Documents (PDF)"}, {"csv", "Points (CSV)"}, {"xlsx", "Table (Excel)"}}
}

// showExport asks what to write of what is seen, and where to.
func (w *Window) showExport() {
	if w.closeSheet("export") {
		return
	}
	if w.db == nil || len(w.state.Selection) == 0 && w.state.Page != view.AnalysisPage || w.empty() {
		w.foot.say("There is nothing to export yet")
		return
	}
	checks := make([]*tickBox, 0, 6)
	boxes := container.New(halves{8}, column(2), column(2))
	for i, f := range exportFormats() {
		c := newTickBox(f.name, f.id == "html")
		checks = append(checks, c)
		boxes.Objects[i%2].(*fyne.Container).Add(c)
	}
	place := newField("Directory")
	place.SetText(defaultExportDir(w.clock.Now().Format("2006-01-02 15-04")))
	var s *sheet
	do := newButton(kindPrimary, "", "Export", func() {
		var formats []string
		for i, f := range exportFormats() {
			if checks[i].on {
				formats = append(formats, f.id)
			}
		}
		if err := checkExport(formats, place.Text); err != nil {
			s.say(err)
			return
		}
		s.close()
		w.export(formats, place.Text)
	})
	place.OnSubmitted = func(string) { do.Tapped(nil) }
	what := fmt.Sprintf("%d series, %s", len(w.state.Selection), w.clock.Range(w.fact.Visible()))
	if w.state.Page == view.ForecastPage {
		o := w.ahead.Outlook()
		what = fmt.Sprintf("%d series, %s, and their forecast %s ahead (%s)", len(w.state.Selection), w.clock.Range(w.fact.Base()), view.HorizonText(o.Span()), view.ModelName(o.Model))
	}
	if w.state.Page == view.AnalysisPage {
		what = fmt.Sprintf("All %s series, %s, with the anomalies that are found", metric.Grouped(int64(len(w.fact.Catalog()))), w.clock.Range(w.fact.Visible()))
	}
	s = w.open("Export what is seen", 620, column(12, quiet(what), boxes,
		labelled("Directory", dock(nil, nil, nil, w.browseButton(place), place), "")),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), do)
	w.sheetID = "export"
	w.win.Canvas().Focus(place)
}

// browseButton chooses a directory for an entry.
func (w *Window) browseButton(place *field) fyne.CanvasObject {
	b := newButton(kindSecondary, "", "Browse…", func() {
		d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			if err == nil && u != nil {
				place.SetText(u.Path())
			}
		}, w.win)
		if at, err := storage.ListerForURI(storage.NewFileURI(filepath.Dir(place.Text))); err == nil {
			d.SetLocation(at)
		}
		d.Show()
	})
	return pad(b, 0, 0, 0, 8)
}

func defaultExportDir(stamp string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	if docs := filepath.Join(home, "Documents"); isDir(docs) {
		home = docs
	}
	return filepath.Join(home, "aiops "+stamp)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func checkExport(formats []string, dir string) error {
	switch {
	case len(formats) == 0:
		return fmt.Errorf("choose at least one format")
	case strings.TrimSpace(dir) == "":
		return fmt.Errorf("name a directory")
	}
	return nil
}

// export writes the report as a job, and says where it is.
func (w *Window) export(formats []string, dir string) {
	req := ExportRequest{Dir: dir, Formats: formats, Keys: w.state.Selection.Keys(), Range: w.fact.Visible(), Limits: slices.Clone(w.state.Thresholds)}
	if w.state.Page == view.ForecastPage {
		req.Ahead, req.Forecaster = w.ahead.Options(metric.Key{}), w.forecaster()
		req.Range = w.fact.Base() // what is ahead has no points
	}
	if w.state.Page == view.AnalysisPage {
		req.Keys, req.Analysis, req.Detection = nil, true, w.session.Detection
	}
	db := w.db
	w.start("Export", func(ctx jobContext) (string, error) {
		files, err := w.session.Actions.Export(ctx, db, req, ctx.progress)
		if err != nil {
			return "", err
		}
		w.run.post(func() { w.exported(dir, files) })
		return fmt.Sprintf("%d files", len(files)), nil
	})
}

func (w *Window) exported(dir string, files []string) {
	text := "Exported to " + dir
	if len(files) == 1 {
		text = "Exported to " + files[0]
	}
	w.bars.put(notice{id: "export", kind: noticeInfo, text: text, button: "Copy path", do: func() { w.copy(dir) }})
}

// exportCSV writes the stored points of what is seen into a file of its own.
func (w *Window) exportCSV() {
	if w.db == nil || len(w.state.Selection) == 0 {
		return
	}
	place := newField("File")
	place.SetText(defaultExportDir(w.clock.Now().Format("2006-01-02 15-04")) + ".csv")
	var s *sheet
	do := newButton(kindPrimary, "", "Export CSV", func() {
		if strings.TrimSpace(place.Text) == "" {
			s.say(fmt.Errorf("name a file"))
			return
		}
		s.close()
		w.writeCSV(place.Text, w.state.Selection.Keys(), w.fact.Visible())
	})
	place.OnSubmitted = func(string) { do.Tapped(nil) }
	s = w.open("Export the visible points", 620, column(12,
		quiet("Every stored point of "+w.clock.Range(w.fact.Visible())+", times in UTC, full precision"), labelled("File", place, "")),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), do)
	w.win.Canvas().Focus(place)
}

func (w *Window) writeCSV(path string, keys []metric.Key, r metric.Range) {
	db := w.db
	w.start("Export "+filepath.Base(path), func(ctx jobContext) (string, error) {
		n, err := writeFile(ctx, path, func(f *os.File) (int64, error) { return view.WriteCSV(ctx, db, keys, r, f) })
		if err != nil {
			return "", err
		}
		w.run.post(func() { w.exported(filepath.Dir(path), []string{path}) })
		return metric.Grouped(n) + " rows", nil
	})
}

// writeFile writes a file whole or not at all.
func writeFile(ctx context.Context, path string, write func(*os.File) (int64, error)) (int64, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".aiops-*")
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing after the rename
	n, err := write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return n, fmt.Errorf("export %s: %w", filepath.Base(path), err)
	}
	return n, nil
}
