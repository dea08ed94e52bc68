package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/app/auth"
	"aiops/app/view"
	"aiops/store"
)

// qrModule is how many pixels a module of the QR code takes.
const qrModule = 5

// signInDialog is the dialog that a person signs in with.
type signInDialog struct {
	w      *Window
	state  view.SignIn
	cancel context.CancelFunc
	sheet  *sheet

	code                   *fyne.Container
	address, sentence      *paragraph
	left, of               *text
	bar                    *shareBar
	sign                   *icon
	qr                     *fyne.Container
	primary, copies, later *button
}

// signIn opens the dialog and asks for a code.
func (w *Window) signIn() {
	p := w.person
	if p == nil || p.account == nil {
		w.foot.say("No sign-in server is known: run aiops login --issuer URL once, or set AIOPS_OIDC_ISSUER")
		return
	}
	if w.closeSheet("sign-in") {
		return
	}
	database := ""
	if w.db != nil {
		database = w.name()
	}
	d := &signInDialog{w: w, state: view.NewSignIn(database, p.account.Host())}
	d.make()
	p.dialog = d
	p.show(p.status)
	d.ask()
}

// ask gets a code and waits for the person's approval.
func (d *signInDialog) ask() {
	w := d.w
	ctx, cancel := context.WithCancel(w.ctx)
	d.cancel = cancel
	d.state = d.state.Again()
	d.show()
	account := w.person.account
	w.run.then(func() func() {
		code, err := account.Begin(ctx)
		if err != nil {
			return func() { d.ended(ctx, auth.Status{}, "", err) }
		}
		return func() {
			d.state = d.state.Begun(code)
			d.show()
			d.tick(ctx)
			d.wait(ctx, account, code)
		}
	})
}

func (d *signInDialog) wait(ctx context.Context, account Account, code *auth.Code) {
	w := d.w
	w.run.then(func() func() {
		st, warning, err := account.Wait(ctx, code, func(sentence string) {
			w.run.post(func() {
				if ctx.Err() == nil {
					d.state = d.state.Told(sentence)
					d.show()
				}
			})
		})
		return func() { d.ended(ctx, st, warning, err) }
	})
}

func (d *signInDialog) ended(ctx context.Context, st auth.Status, warning string, err error) {
	if ctx.Err() != nil { // the dialog is gone, or asks anew
		return
	}
	d.cancel()
	d.state = d.state.Ended(st, warning, err)
	if d.state.Step == view.SignInDone {
		d.sheet.close()
		d.w.person.signedIn(st, warning)
		return
	}
	d.show()
}

// tick counts down.
func (d *signInDialog) tick(ctx context.Context) {
	if ctx.Err() != nil || d.state.Step != view.SignInWaits {
		return
	}
	d.count()
	d.w.run.after(time.Second, func() { d.tick(ctx) })
}

func (d *signInDialog) count() {
	c := d.state.Countdown(d.w.clock.Now())
	ink := colorText
	fill := colorAccent
	if c.Last {
		ink, fill = colorWarn, colorWarn
	}
	d.left.Set(c.Left)
	d.left.SetInk(ink)
	d.of.Set(c.Of)
	d.bar.set(c.Share, fill)
}

// closed is the end of the dialog, however it came.
func (d *signInDialog) closed() {
	d.cancel()
	d.w.person.dialog = nil
	d.w.person.show(d.w.person.status)
}

// press is the main button.
func (d *signInDialog) press() {
	if d.state.Step != view.SignInWaits {
		d.cancel()
		d.ask()
		return
	}
	if err := browse(d.state.Open); err != nil {
		d.sentence.Set("No browser could be opened: " + sentence(err) + ". Open the address on any device.")
	}
}

// make builds the dialog.
func (d *signInDialog) make() {
	d.cancel = func() {}
	d.code = row(0)
	d.address, d.sentence = newParagraph(""), newParagraph("")
	d.address.left, d.address.ink, d.sentence.left = true, colorAccent, true
	d.sentence.ink = colorText
	d.left, d.of, d.bar = bold(body("")), quiet(""), newShareBar()
	d.sign = newIcon("clock", colorMuted)
	d.qr = container.NewStack()
	d.copies = newButton(kindSecondary, "copy", "", func() { d.w.copy(d.state.Code) })
	d.copies.Tip = "Copy the code"
	d.primary = newButton(kindPrimary, "globe", "", d.press)
	d.later = newButton(kindTool, "", "Use the cached copy", func() { d.sheet.close() })
	if _, linked := d.w.db.(store.Linked); !linked {
		d.later.Hide()
	}
	cancel := newButton(kindSecondary, "", "Cancel", func() { d.sheet.close() })
	for _, b := range []*button{d.primary, d.later, cancel} {
		b.height = 32
	}
	head := pad(row(8, bold(newText(d.state.Title, sizeTitle, colorText)), spring(), quiet(d.state.Host)), 18, 24, 16, 24)
	foot := pad(row(8, d.later, spring(), cancel, sized(d.primary, 156, 32)), 16, 24, 16, 24)
	middle := pad(row(36, sized(d.words(), 360, 278), sized(d.qr, 228, 278)), 20, 24, 20, 24)
	d.sheet = d.w.openBare(sized(dock(column(0, head, rule()), column(0, rule(), foot), nil, nil, middle), 672, 440))
	d.sheet.closed = d.closed
	d.w.sheetID = "sign-in"
	d.w.win.Canvas().Focus(d.primary)
}

// words is the left half: where the code is entered, the code, its time and what is going on.
func (d *signInDialog) words() fyne.CanvasObject {
	box := container.NewStack(newPlate(colorInset, colorBorder, 4), pad(row(4, d.code, spring(), d.copies), 14, 14, 14, 22))
	line := row(5, body("Code expires in"), sized(d.left, 100, 18), stretch(rightward(d.of)))
	return column(0,
		body("On any device, enter this code at"),
		sized(d.address, 360, 38),
		pad(sized(box, 360, 76), 6, 0, 20, 0),
		line, pad(d.bar, 8, 0, 16, 0),
		row(8, sized(column(0, d.sign), 16, 40), sized(d.sentence, 330, 40)),
		pad(quiet("This dialog closes by itself when you are signed in."), 4, 0, 0, 0),
		quiet("Your password is never typed here."))
}

// show puts the state into the dialog.
func (d *signInDialog) show() {
	s := d.state
	d.code.RemoveAll()
	for _, r := range s.Code {
		letter := bold(newText(string(r), 30, colorText))
		letter.mono = true
		d.code.Add(sized(container.NewCenter(letter), 29, 46))
	}
	d.address.Set(s.Address)
	d.sentence.Set(s.Sentence)
	sign, ink := "clock", colorMuted
	switch s.Step {
	case view.SignInRefused, view.SignInFailed:
		sign, ink = "critical", colorCrit
	case view.SignInExpired:
		sign, ink = "warning", colorWarn
	}
	d.sign.Set(sign, ink)
	d.primary.Icon = "globe"
	if s.Step > view.SignInWaits {
		d.primary.Icon = "refresh"
	}
	d.primary.SetLabel(s.Primary())
	d.primary.SetEnabled(s.Step != view.SignInAsks)
	d.copies.SetEnabled(s.Code != "")
	d.picture()
	d.count()
}

// picture draws the QR code while the code holds.
func (d *signInDialog) picture() {
	d.qr.RemoveAll()
	if d.state.Step == view.SignInWaits {
		if img, err := view.QR(d.state.Open, qrModule); err == nil {
			pic := canvas.NewImageFromImage(img)
			pic.ScaleMode = canvas.ImageScalePixels
			side := float32(img.Bounds().Dx())
			d.qr.Add(column(10, row(0, spring(), sized(pic, side, side), spring()), column(0, centred("Scan to open the page"), centred("with the code filled in"))))
		}
	}
	d.qr.Refresh()
}

// shareBar is a bar that is full to a share.
type shareBar struct {
	widget.BaseWidget
	track, full *plate
	share       float32
}

func newShareBar() *shareBar {
	b := &shareBar{track: newPlate(colorRaised, colorNone, 2), full: newPlate(colorAccent, colorNone, 2)}
	b.ExtendBaseWidget(b)
	return b
}

func (b *shareBar) set(share float32, fill fyne.ThemeColorName) {
	b.share = share
	b.full.Set(fill, colorNone)
	b.Resize(b.Size())
}

func (b *shareBar) MinSize() fyne.Size { return fyne.NewSize(40, 4) }

func (b *shareBar) Resize(s fyne.Size) {
	b.BaseWidget.Resize(s)
	b.track.Resize(s)
	b.full.Resize(fyne.NewSize(s.Width*b.share, s.Height))
}

func (b *shareBar) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout(b.track, b.full))
}
