package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
)

// source is a place that data can come from.
type source struct{ icon, name, about string }

func sources() []source {
	return []source{
		{"file", "A file", "CSV, Excel, Parquet or a snapshot"},
		{"play", "A demo", "8 made-up VMs, 60 days, with incidents to find"},
	}
}

// firstStart is what an empty database shows: where data can come from, and a
// form that changes with it.
type firstStart struct {
	w      *Window
	chosen int
	rows   []*sourceRow
	form   *fyne.Container
	path   *field
	warn   *text
	box    *fyne.Container
	shown  bool
}

func newFirstStart(w *Window) *firstStart {
	f := &firstStart{w: w, form: container.NewStack(), shown: true, path: newField("/path/to/metrics.csv"), warn: elided(newText("", sizeTable, colorCrit))}
	list := column(0)
	for i, s := range sources() {
		r := newSourceRow(s, string(rune('1'+i)), func() { f.choose(i) })
		f.rows = append(f.rows, r)
		if i > 0 {
			list.Add(rule())
		}
		list.Add(r)
	}
	left := column(16, card(pad(list, 1, 1, 1, 1)), f.team())
	browse := newButton(kindSecondary, "", "Choose files…", w.showImport)
	drop := container.NewStack(newDashed(), pad(row(16, newIcon("export", colorMuted),
		stretch(column(2, bold(body("Drop files anywhere in the window")), elided(quiet("CSV (long, wide or two columns), .xlsx, .parquet, .db, also .gz and .zst")))), browse), 24, 24, 24, 24))
	right := column(16, sized(card(f.form), 0, 179), drop)
	head := column(4, bold(newText("Where should the data come from?", sizeBig, colorText)), newText("Nothing leaves this computer. You can add more sources later, and switch between them at the top of the window.", sizeBody, colorMuted))
	f.box = container.NewCenter(sized(column(26, head, container.New(split{440, 16}, left, right), previews()), 1056, 0))
	f.choose(0)
	return f
}

// team offers the database that a team shares.
func (f *firstStart) team() fyne.CanvasObject {
	sign := sized(container.NewStack(newPlate(colorRaised, colorBorder, 6), container.NewCenter(newIcon("storage", colorText))), 40, 40)
	connect := newButton(kindSecondary, "", "Connect to Postgres…", func() { f.w.editSource(nil) })
	words := column(6, bold(body("Your team has a shared database?")), elided(quiet("What you look at is kept for times without a network.")), row(0, connect, spring()))
	return card(pad(row(16, dock(sign, nil, nil, nil, spring()), stretch(words)), 16, 16, 16, 16))
}

func (f *firstStart) visible() bool { return f.shown }
func (f *firstStart) hide()         { f.shown = false }

// press takes the keys that choose a source.
func (f *firstStart) press(k view.Stroke) bool {
	if len(k.Key) == 1 && k.Key[0] >= '1' && int(k.Key[0]-'1') < len(f.rows) && !k.Ctrl && !k.Alt {
		f.choose(int(k.Key[0] - '1'))
		return true
	}
	if k.Key == "Return" {
		f.start()
		return true
	}
	return false
}

func (f *firstStart) choose(i int) {
	f.chosen = i
	for k, r := range f.rows {
		r.setActive(k == i)
	}
	f.warn.Set("")
	var content fyne.CanvasObject
	do := newButton(kindPrimary, "", "Import", f.start)
	do.height = 32
	title := sources()[i].name
	if i == 0 {
		f.path.OnSubmitted = func(string) { f.start() }
		choose := newButton(kindSecondary, "", "Browse…", f.w.showImport)
		content = column(10, labelled("Path", dock(nil, nil, nil, pad(choose, 0, 0, 0, 8), f.path), ""),
			quiet("Columns such as vm, timestamp, metric and value are found by themselves;"),
			quiet("so are delimiter, decimal comma and the format of the times."))
	} else {
		do.SetLabel("Make demo data")
		content = column(6, small("CPU, memory, disk, network, latency and requests of 8 VMs every 5 minutes,"),
			small("with daily and weekly rhythm, growth, deployments and a few incidents."),
			quiet("It is stored like any other data and can be deleted with its database file."))
	}
	f.form.Objects = []fyne.CanvasObject{pad(dock(
		column(12, bold(newText(title, sizeTitle, colorText)), rule()),
		row(8, stretch(f.warn), do), nil, nil, pad(content, 8, 0, 4, 0)), 12, 16, 12, 16)}
	f.form.Refresh()
}

func (f *firstStart) start() {
	if f.chosen == 1 {
		f.w.demo()
		return
	}
	files := splitPaths(f.path.Text)
	if len(files) == 0 || !isFile(files[0]) {
		f.warn.Set("There is no such file. Drop one on the window, or choose it.")
		f.w.win.Canvas().Focus(f.path)
		return
	}
	f.w.importFiles(files)
}

// split is a layout of a fixed column and the rest.
type split struct{ first, gap float32 }

func (s split) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(s.first*2, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (s split) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(s.first, o[0].MinSize().Height))
	o[1].Move(fyne.NewPos(s.first+s.gap, 0))
	o[1].Resize(fyne.NewSize(size.Width-s.first-s.gap, o[1].MinSize().Height))
}

// newDashed is the outline of a place to drop something.
func newDashed() fyne.CanvasObject { return newPlate(colorNone, colorFaint, 6) }

// previews say what each page is for.
func previews() fyne.CanvasObject {
	one := func(sign, title, first, second string) fyne.CanvasObject {
		return row(12, newIcon(sign, colorAccent), column(0, bold(body(title)), quiet(first), quiet(second)))
	}
	return container.New(halves{16},
		one("fact", "Fact", "What the servers did, any two", "periods on one chart"),
		one("forecast", "Forecast", "What they will do, how sure, and", "when a limit is reached"),
		one("analysis", "Analysis", "What is wrong, why, and what", "moved with it"))
}

// sourceRow is a line of the list of sources.
type sourceRow struct {
	widget.BaseWidget
	onTapped func()
	focused  bool
	active   bool
	back     *plate
	bar      *plate
	sign     *icon
	signBack *plate
	content  *fyne.Container
	ring     *canvas.Rectangle
}

func newSourceRow(s source, key string, tapped func()) *sourceRow {
	r := &sourceRow{onTapped: tapped, back: newPlate(colorNone, colorNone, 6), bar: newPlate(colorNone, colorNone, 0),
		sign: newIcon(s.icon, colorText), signBack: newPlate(colorRaised, colorBorder, 6), ring: canvas.NewRectangle(nil)}
	r.ring.StrokeWidth, r.ring.CornerRadius = 2, 6
	sign := sized(container.NewStack(r.signBack, container.NewCenter(r.sign)), 40, 40)
	r.content = row(16, sign, column(0, bold(newText(s.name, sizeTitle, colorText)), quiet(s.about)), spring(), keycap(key))
	r.ExtendBaseWidget(r)
	return r
}

func (r *sourceRow) setActive(on bool) {
	r.active = on
	if on {
		r.back.Set(colorSel, colorNone)
		r.bar.Set(colorAccent, colorNone)
		r.signBack.Set(theme.ColorNamePrimary, colorNone)
		r.sign.Set(r.sign.name, theme.ColorNameForegroundOnPrimary)
		return
	}
	r.back.Set(colorNone, colorNone)
	r.bar.Set(colorNone, colorNone)
	r.signBack.Set(colorRaised, colorBorder)
	r.sign.Set(r.sign.name, colorText)
}

func (r *sourceRow) MinSize() fyne.Size      { return fyne.NewSize(300, 88) }
func (r *sourceRow) Tapped(*fyne.PointEvent) { r.onTapped() }
func (r *sourceRow) Cursor() desktop.Cursor  { return desktop.PointerCursor }
func (r *sourceRow) FocusGained()            { r.focus(true) }
func (r *sourceRow) FocusLost()              { r.focus(false) }
func (r *sourceRow) TypedRune(c rune)        { passRune(r, c) }
func (r *sourceRow) focus(on bool)           { r.focused = on; r.Refresh() }

func (r *sourceRow) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace {
		r.onTapped()
		return
	}
	passKey(r, e)
}

func (r *sourceRow) CreateRenderer() fyne.WidgetRenderer {
	o := &objectsRenderer{min: r.MinSize(), objects: []fyne.CanvasObject{r.back, r.bar, r.content, r.ring}}
	o.layout = func(s fyne.Size) {
		r.back.Resize(s)
		r.ring.Resize(s)
		r.bar.Resize(fyne.NewSize(4, s.Height))
		r.content.Move(fyne.NewPos(20, 0))
		r.content.Resize(fyne.NewSize(s.Width-40, s.Height))
	}
	o.refresh = func() {
		r.ring.FillColor, r.ring.StrokeColor = ink(colorNone), ink(colorNone)
		if r.focused {
			r.ring.StrokeColor = ink(colorAccent)
		}
	}
	o.refresh()
	return o
}
