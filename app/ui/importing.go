package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"aiops/app"
	"aiops/app/auth"
)

// importDialog asks for files and shows how the first rows are understood.
type importDialog struct {
	w       *Window
	sheet   *sheet
	path    *field
	found   *text
	preview *fyne.Container
	table   Preview
	gen     int
}

// showImport asks for a file.
func (w *Window) showImport() {
	if w.closeSheet("import") {
		return
	}
	d := &importDialog{w: w, path: newField("Path of a file; several divided by ;"), found: elided(quiet("")), preview: container.NewStack()}
	do := newButton(kindPrimary, "", "Import", d.start)
	d.path.OnChanged = func(string) { d.look() }
	d.path.OnSubmitted = func(string) { d.start() }
	d.sheet = w.open("Open or import", 760, column(10,
		labelled("File", w.browsing(d.path), ""),
		quiet("CSV (long, wide or two columns), .xlsx, .parquet, also .gz and .zst. A snapshot (.db) is opened as it is, or imported."),
		d.found, sized(d.preview, 700, 190)),
		newButton(kindSecondary, "", "Cancel", func() { d.sheet.close() }), do)
	w.sheetID = "import"
	w.win.Canvas().Focus(d.path)
}

func (d *importDialog) files() []string { return splitPaths(d.path.Text) }

// splitPaths divides what was typed into paths.
func splitPaths(typed string) []string {
	var out []string
	for _, f := range strings.Split(typed, ";") {
		f = strings.Trim(strings.TrimSpace(f), `"`)
		if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(f, "~/") {
			f = filepath.Join(home, f[2:])
		}
		if f != "" {
			out = append(out, f)
		}
	}
	return out
}

// browsing puts a button beside a field for the path of a file.
func (w *Window) browsing(path *field) fyne.CanvasObject {
	browse := newButton(kindSecondary, "", "Browse…", func() {
		dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
			if err == nil && r != nil {
				r.Close()
				path.SetText(r.URI().Path())
			}
		}, w.win)
	})
	return dock(nil, nil, nil, pad(browse, 0, 0, 0, 8), path)
}

// look shows the first rows of the first file, as far as it can be read.
func (d *importDialog) look() {
	d.gen++
	gen, files := d.gen, d.files()
	d.w.run.after(settle, func() {
		if gen != d.gen {
			return
		}
		if len(files) > 0 && app.IsSQLite(files[0]) {
			d.show(Preview{Found: "A snapshot or another database of this program"})
			return
		}
		if len(files) == 0 || !isFile(files[0]) {
			d.show(Preview{})
			return
		}
		d.w.run.then(func() func() {
			p, err := d.w.session.Actions.Preview(d.w.ctx, files[0])
			return func() {
				if gen != d.gen {
					return
				}
				if err != nil {
					p = Preview{Found: sentence(err)}
				}
				d.show(p)
			}
		})
	})
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (d *importDialog) show(p Preview) {
	d.table = p
	d.found.Set(p.Found)
	d.preview.RemoveAll()
	if len(p.Head) > 0 {
		t := newDataTable(func() int { return len(d.table.Rows) }, func(i, col int) tableCell {
			if col < len(d.table.Rows[i]) {
				return plainCell(d.table.Rows[i][col])
			}
			return plainCell("")
		})
		var cols []tableColumn
		for _, h := range p.Head {
			cols = append(cols, tableColumn{title: h, slot: -1, width: 60})
		}
		t.SetColumns(cols)
		d.preview.Add(card(pad(t, 1, 1, 1, 1)))
	}
	d.preview.Refresh()
}

func (d *importDialog) start() {
	files := d.files()
	if len(files) == 0 {
		d.sheet.say(fmt.Errorf("name a file"))
		return
	}
	for _, f := range files {
		if !isFile(f) && !strings.Contains(f, "://") {
			d.sheet.say(fmt.Errorf("there is no file %s", f))
			return
		}
	}
	d.sheet.close()
	d.w.importFiles(files)
}

// importFiles takes files that somebody chose or dropped: they are imported, a
// snapshot may also be opened.
func (w *Window) importFiles(files []string) {
	if i := slices.IndexFunc(files, app.IsSQLite); i >= 0 {
		w.askOpenOrImport(files, files[i])
		return
	}
	w.importInto(files)
}

// askOpenOrImport asks what is to be done with a snapshot. Where nothing can be
// imported into, it is opened.
func (w *Window) askOpenOrImport(files []string, snapshot string) {
	if w.db == nil || w.kept != nil {
		w.openSnapshot(snapshot)
		return
	}
	name := filepath.Base(snapshot)
	var s *sheet
	open := newButton(kindPrimary, "", "Open", func() {
		s.close()
		w.openSnapshot(snapshot)
	})
	read := newButton(kindSecondary, "", "Import", func() {
		s.close()
		w.importInto(files)
	})
	s = w.open("Open or import "+name+"?", 560, column(6, body("Open shows it as it is; nothing is changed."),
		body("Import puts its points and annotations into "+w.name()+".")),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), read, open)
	w.sheetID = "open or import"
}

// importInto reads files into the database as a job, and shows what came.
func (w *Window) importInto(files []string) {
	if w.snapshot != "" {
		w.foot.say("A snapshot stays as it is: go back to " + w.source.Name + " to import")
		return
	}
	if w.kept != nil {
		w.session.Files = append(w.session.Files, files...)
		w.addFiles()
		return
	}
	db := w.db
	if db == nil || w.refuses(auth.Import) {
		return
	}
	w.start("Import "+fileNames(files), func(ctx jobContext) (string, error) {
		text, err := w.session.Actions.Import(ctx, db, files, ctx.progress)
		w.run.post(w.refresh)
		if text != "" && strings.Contains(text, "quarantined") {
			w.run.post(func() {
				w.bars.put(notice{id: "rows", kind: noticeWarning, text: text, details: text})
			})
		}
		return text, err
	})
}

// addFiles reads the files that are looked at again, with those that were added.
func (w *Window) addFiles() {
	files := w.session.Files
	w.start("Open "+fileNames(files), func(ctx jobContext) (string, error) {
		st, text, err := w.session.Load(ctx, files, ctx.progress)
		if err != nil {
			return "", err
		}
		w.run.post(func() {
			w.bars.put(notice{id: "files", kind: noticeInfo, text: "Showing " + fileNames(files) + ", not kept.", button: "Keep in database", do: w.keep})
			w.use(st)
		})
		return text, nil
	})
}

// confirmDemo asks before made-up data are put beside real ones.
func (w *Window) confirmDemo() {
	if w.refuses(auth.Import) {
		return
	}
	if w.db == nil || w.kept != nil {
		w.foot.say("Keep the shown files first, or open the database")
		return
	}
	var s *sheet
	do := newButton(kindPrimary, "", "Make demo data", func() {
		s.close()
		w.demo()
	})
	s = w.open("Make demo data", 480, column(6, body("8 made-up VMs, 60 days, with incidents to find."),
		quiet("They are added to "+w.db.Info().Name+".")), newButton(kindSecondary, "", "Cancel", func() { s.close() }), do)
}

// demo fills the database with made-up data as a job.
func (w *Window) demo() {
	db := w.db
	w.start("Demo data", func(ctx jobContext) (string, error) {
		text, err := w.session.Actions.Demo(ctx, db, ctx.progress)
		w.run.post(w.refresh)
		return text, err
	})
}
