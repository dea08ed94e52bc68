package ui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"aiops/app"
	"aiops/app/view"
)

// sourceEditor adds a data source or changes one.
type sourceEditor struct {
	w        *Window
	old      *app.Source // nil: a new one
	other    app.Address // what the form does not show
	sheet    *sheet
	form     *fyne.Container
	kind     *choice
	name     *field
	path     *field
	server   *field
	service  *field
	signIn   bool // once it is saved
	database *field
	user     *field
	password *field
	tls      *choice
	found    *text
	cancel   context.CancelFunc // of the test under way
}

// tlsNames are app.TLSModes for people.
func tlsNames() []string {
	return []string{"Required, certificate verified", "Required", "If the server has it", "Off"}
}

// editSource opens the form; nil adds a database.
func (w *Window) editSource(old *app.Source) {
	if w.session.Sources == nil {
		return
	}
	e := &sourceEditor{w: w, old: old, form: container.NewStack(), found: elided(quiet(""))}
	e.name, e.path, e.server = newField("fleet"), newField("/srv/metrics.db"), newField("db.example.com or db.example.com:5432")
	e.database, e.user, e.password = newField("fleet"), newField("analyst"), newField("kept in the keyring of this computer")
	e.password.Password = true
	e.service = newField("https://aiops.example.com")
	e.kind = newChoice("storage", []string{"Postgres, shared by a team", "SQLite, a file on this computer", "A service that people sign in to"}, func(int) { e.build() })
	e.kind.Set(0)
	e.tls = newChoice("", tlsNames(), func(int) {})
	e.tls.Set(0)
	e.fill()
	test := newButton(kindSecondary, "", "Test", e.test)
	save := newButton(kindPrimary, "", "Save", e.save)
	title := "Add a database"
	if old != nil {
		title = "Edit " + old.Name
	}
	e.build()
	w.editor = e
	for _, f := range []*field{e.name, e.path, e.service, e.server, e.database, e.user, e.password} {
		f.OnSubmitted = func(string) { e.save() }
	}
	e.sheet = w.open(title, 600, column(10, labelled("Kind", e.kind, ""), labelled("Name", e.name, ""), sized(e.form, 0, 198), e.found),
		test, newButton(kindSecondary, "", "Cancel", func() { e.stop(); e.sheet.close() }), save)
	w.sheetID = "source"
	w.win.Canvas().Focus(e.name)
}

// fill puts the present values into the form.
func (e *sourceEditor) fill() {
	if e.old == nil {
		return
	}
	e.name.SetText(e.old.Name)
	a, err := app.ParseAddress(e.old.Address)
	if err != nil {
		e.found.Set(sentence(err))
		return
	}
	e.other = a
	e.path.SetText(a.Path)
	e.service.SetText(a.Service)
	e.server.SetText(a.Server)
	e.database.SetText(a.Database)
	e.user.SetText(a.User)
	e.password.SetPlaceHolder("unchanged")
	switch {
	case a.Service != "":
		e.kind.Set(2)
	case !a.Postgres:
		e.kind.Set(1)
	}
	for i, mode := range app.TLSModes() {
		if mode == a.TLS || a.TLS == "" && mode == "prefer" {
			e.tls.Set(i)
		}
	}
}

// build shows the fields of the kind that is chosen.
func (e *sourceEditor) build() {
	content := column(10, labelled("Server", e.server, ""), labelled("Database", e.database, ""), labelled("User", e.user, ""),
		labelled("Password", e.password, ""), labelled("TLS", e.tls, ""))
	switch e.kind.chosen {
	case 2:
		content = e.serviceForm()
	case 1:
		browse := newButton(kindSecondary, "", "Browse…", e.browse)
		content = column(10, labelled("File", dock(nil, nil, nil, pad(browse, 0, 0, 0, 8), e.path), ""),
			quiet("A file that is not there yet is made when it is opened."))
	}
	e.form.Objects = []fyne.CanvasObject{content}
	e.form.Refresh()
}

// serviceForm asks for a service's address: it gives who is signed in a login to its database.
func (e *sourceEditor) serviceForm() *fyne.Container {
	who := quiet("No password is kept: the service makes a short-lived login for who is signed in.")
	form := column(10, labelled("Address", e.service, ""), who)
	if p := e.w.person; p != nil && p.account != nil {
		if told := view.AccountOf(p.status, e.w.clock.Zone); told.Known && told.Ended == "" {
			form.Add(quiet("Signed in as " + told.Label + ", " + told.Detail + "."))
		} else {
			form.Add(pad(newButton(kindSecondary, "", "Save and sign in…", func() { e.signIn = true; e.save() }), 0, 0, 0, 0))
		}
	} else {
		form.Add(quiet("No sign-in server is known yet: `aiops login --issuer URL` in a terminal signs in, and this window then knows it."))
	}
	return form
}

func (e *sourceEditor) browse() {
	dialog.ShowFileOpen(func(r fyne.URIReadCloser, err error) {
		if err == nil && r != nil {
			r.Close()
			e.path.SetText(r.URI().Path())
		}
	}, e.w.win)
}

// typed is what the form says.
func (e *sourceEditor) typed() (app.Address, app.Source, error) {
	a := e.other
	a.Service = ""
	if e.kind.chosen == 2 {
		if a.Service = strings.TrimRight(strings.TrimSpace(e.service.Text), "/"); !app.IsService(a.Service) {
			return a, app.Source{}, errors.New("write the service's address as https://HOST")
		}
	}
	a.Postgres = e.kind.chosen == 0
	a.Path, a.Server, a.Database, a.User = strings.TrimSpace(e.path.Text), strings.TrimSpace(e.server.Text), strings.TrimSpace(e.database.Text), strings.TrimSpace(e.user.Text)
	a.TLS = app.TLSModes()[max(0, e.tls.chosen)]
	if err := a.Check(); err != nil {
		return a, app.Source{}, err
	}
	src := app.Source{Name: strings.TrimSpace(e.name.Text), Address: a.String()}
	if src.Name == "" && a.Service != "" {
		_, src.Name, _ = strings.Cut(a.Service, "://")
	} else if src.Name == "" && a.Postgres {
		src.Name = a.Database
	} else if src.Name == "" {
		src.Name = strings.TrimSuffix(filepath.Base(a.Path), filepath.Ext(a.Path))
	}
	return a, src, src.Check()
}

func (e *sourceEditor) stop() {
	if e.cancel != nil {
		e.cancel()
	}
}

// test connects with what is typed and tells what is found.
func (e *sourceEditor) test() {
	a, _, err := e.typed()
	if err != nil {
		e.sheet.say(err)
		return
	}
	e.stop()
	ctx, cancel := context.WithCancel(e.w.ctx)
	e.cancel = cancel
	e.tell("Connecting…", colorMuted)
	address := a.With(e.password.Text)
	e.w.run.then(func() func() {
		st, err := app.TestSource(ctx, address, e.w.session.Now)
		return func() {
			cancel()
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				e.tell(sourceError(err), colorCrit)
			default:
				e.tell("Connected: "+stateText(st), colorOK)
			}
		}
	})
}

func (e *sourceEditor) tell(words string, ink fyne.ThemeColorName) {
	e.found.ink = ink
	e.found.Set(words)
	e.found.Refresh()
	e.sheet.warn.Set("")
}

// save keeps the data source and shows it, if it is a new one or the one that is shown.
func (e *sourceEditor) save() {
	_, src, err := e.typed()
	if err != nil {
		e.sheet.say(err)
		return
	}
	e.stop()
	old, shown := "", e.old != nil && e.w.showsSource(*e.old)
	if e.old != nil {
		old = e.old.Name
	}
	password, w, signIn := e.password.Text, e.w, e.signIn
	if e.kind.chosen == 2 {
		password = ""
	}
	w.changeSources(e.sheet, func() error {
		if err := w.session.Sources.Put(w.ctx, old, src, password); err != nil {
			return err
		}
		w.run.post(func() {
			delete(w.trials, src.Name)
			if shown && src.Address == w.source.Address {
				w.source = src
				w.showName()
			} else if old == "" || shown {
				w.switchTo(src)
			}
			if signIn {
				w.signIn()
			}
		})
		return nil
	})
}

// latency tells how fast a database answered.
func latency(st app.SourceState) string { return view.Latency(st.Latency) }
