package ui

import (
	"context"
	"errors"
	"net/url"
	"time"

	"fyne.io/fyne/v2"

	"aiops/app"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/store"
)

// Account is how a person signs in and out; *auth.Client is one.
type Account interface {
	Host() string
	// Status is who signed in last; Confirm asks the server whether that holds.
	Status(ctx context.Context) (auth.Status, error)
	Confirm(ctx context.Context) (auth.Status, error)
	Begin(ctx context.Context) (*auth.Code, error)
	Wait(ctx context.Context, c *auth.Code, tell func(string)) (auth.Status, string, error)
	SignOut(ctx context.Context) error
}

// person is who is signed in, as the header tells.
type person struct {
	w       *Window
	account Account // nil: there is no sign-in server
	status  auth.Status
	dialog  *signInDialog // open, or nil
}

// confirmEvery is how often the session is looked at; the server is asked when it is due.
const confirmEvery = 30 * time.Second

// askAccount finds out whether there is a sign-in server and who is signed in.
func (w *Window) askAccount() {
	w.person = &person{w: w}
	if w.session.Account == nil {
		return
	}
	w.run.then(func() func() {
		a, err := w.session.Account(w.ctx)
		if err != nil {
			if errors.Is(err, auth.ErrNoIssuer) || errors.Is(err, auth.ErrSignedOut) {
				return nil // nobody needs to sign in here
			}
			return func() {
				w.bars.put(notice{id: "account", kind: noticeWarning, text: sentence(err), details: err.Error()})
			}
		}
		st, _ := a.Status(w.ctx) // what is wrong with it, Confirm tells
		return func() {
			w.person.account = a
			w.person.show(st)
			w.person.confirm()
		}
	})
}

// show tells in the header who is signed in.
func (p *person) show(st auth.Status) {
	p.status = st
	told := view.AccountOf(st, p.w.clock.Zone)
	h := p.w.head
	if p.dialog != nil {
		told = view.Account{Label: "Signing in…"}
	}
	h.user.Tip = told.Ended
	h.user.SetLabel(told.Label)
	h.role.Set(told.Detail)
	ink := colorMuted
	if told.Amber {
		ink = colorWarn
	}
	h.role.SetInk(ink)
	h.user.OnTapped = p.tapped
	h.user.Show()
	h.role.Show()
	if a := p.w.analysis; a != nil {
		a.rooms.rules.show(p.w.book) // they may be changed now, or no longer
	}
	h.box.Refresh()
}

// confirm looks whether the session still holds, now and from time to time.
func (p *person) confirm() {
	w := p.w
	w.run.then(func() func() {
		st, err := p.account.Confirm(w.ctx)
		return func() {
			if w.ctx.Err() != nil {
				return
			}
			if err == nil || errors.Is(err, auth.ErrSignedOut) {
				p.show(st)
			}
			w.run.after(confirmEvery, p.confirm)
		}
	})
}

// tapped is the header's user: a menu, or the dialog to sign in.
func (p *person) tapped() {
	told := view.AccountOf(p.status, p.w.clock.Zone)
	if !told.Known || told.Ended != "" {
		p.w.signIn()
		return
	}
	showMenu(p.w.head.user, item("Who am I", p.whoAmI), item("Sign in as somebody else…", p.w.signIn), fyne.NewMenuItemSeparator(), item("Sign out", p.signOut))
}

func (p *person) whoAmI() {
	lines := column(8)
	for _, l := range view.WhoAmI(p.status, p.w.clock.Zone) {
		lines.Add(labelled(l.Name, elided(body(l.Text)), ""))
	}
	p.w.open(p.status.Identity.Name, 520, lines, newButton(kindSecondary, "", "Sign out", func() { p.w.sheet.close(); p.signOut() }))
}

func (p *person) signOut() {
	w := p.w
	w.run.then(func() func() {
		err := p.account.SignOut(w.ctx)
		return func() {
			if err != nil && !errors.Is(err, auth.ErrAway) {
				w.bars.put(notice{id: "account", kind: noticeWarning, text: sentence(err), details: err.Error()})
				return
			}
			p.show(auth.Status{})
			w.foot.say("Signed out")
			if err != nil {
				w.bars.put(notice{id: "account", kind: noticeWarning, text: sentence(err)})
			}
		}
	})
}

// signedIn takes a new session in: the database may be reached now.
func (p *person) signedIn(st auth.Status, warning string) {
	w := p.w
	p.show(st)
	w.foot.say("Signed in as " + st.Identity.Name)
	if warning != "" {
		w.bars.put(notice{id: "account", kind: noticeWarning, text: warning})
	}
	w.readAlerts()
	if l, ok := w.db.(store.Linked); ok {
		w.run.work(l.Retry)
	} else if w.db == nil && w.session.begun != nil {
		w.bars.close("open")
		w.session.Begin(w.ctx)
		w.begin()
	}
}

// refused says why something is not offered: the database is a service's, and
// the role of who is signed in does not allow it. It is empty otherwise.
func (w *Window) refused(a auth.Action) string {
	if w.person == nil || w.snapshot != "" || !app.IsService(w.source.Address) {
		return ""
	}
	return view.Refusal(w.person.status, a)
}

// refuses says in the footer why something is not offered, if it is not.
func (w *Window) refuses(a auth.Action) bool {
	why := w.refused(a)
	if why != "" {
		w.foot.say(why)
	}
	return why != ""
}

// offered is a menu item that is dim, and says why, where a role does not allow it.
func (w *Window) offered(a auth.Action, m *fyne.MenuItem) *fyne.MenuItem {
	if why := w.refused(a); why != "" {
		m.Disabled = true
		m.Label += " (" + why + ")"
	}
	return m
}

// browse opens an address that a server gave: only a page, never a program.
func browse(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the server's address is not one for a browser")
	}
	return fyne.CurrentApp().OpenURL(u)
}
