package ui

import (
	"context"
	"errors"
	"fmt"

	"aiops/app"
)

// connect opens a data source in the background; what is shown stays until it is there.
func (w *Window) connect(src app.Source) {
	c := w.beginConnecting(src)
	ctx, cancel := context.WithCancel(w.ctx)
	c.cancel = cancel
	w.run.then(func() func() {
		var o opened
		o.store, o.err = w.session.Sources.Open(ctx, src)
		if o.err == nil {
			o.lost = interrupted(ctx, o.store)
		}
		return func() { w.connected(c, o) }
	})
}

// beginConnecting takes note of a data source that is being opened; one that
// takes long is told in the footer.
func (w *Window) beginConnecting(src app.Source) *connecting {
	if w.connecting != nil && w.connecting.cancel != nil {
		w.connecting.cancel()
	}
	c := &connecting{source: src}
	w.connecting = c
	w.bars.close("open")
	w.side.foot.show()
	w.run.after(loadingNamed, func() {
		if w.connecting == c {
			w.foot.loading("Connecting to "+src.Name, func() {
				if c.cancel != nil {
					c.cancel()
				}
			})
		}
	})
	return c
}

func (w *Window) endConnecting(c *connecting) bool {
	if w.connecting != c {
		return false
	}
	w.connecting = nil
	w.foot.loading("", nil)
	w.side.foot.show()
	return true
}

// connected shows the data source that has been opened.
func (w *Window) connected(c *connecting, o opened) {
	c.cancel()
	if !w.endConnecting(c) || w.ctx.Err() != nil {
		if o.store != nil {
			w.discard(o.store)
		}
		return
	}
	if o.err != nil {
		w.connectFailed(c.source, o.err)
		return
	}
	w.leavePlace()
	w.source, w.snapshot = c.source, ""
	w.remember(c.source)
	if o.lost != "" {
		w.bars.put(notice{id: "interrupted", kind: noticeWarning, text: o.lost})
	}
	w.use(o.store)
}

// connectFailed tells why a data source cannot be shown; the present one stays.
func (w *Window) connectFailed(src app.Source, err error) {
	if errors.Is(err, context.Canceled) {
		w.foot.say("Connecting to " + src.Name + " was cancelled")
		return
	}
	w.bars.put(notice{id: "open", kind: noticeError, text: fmt.Sprintf("Cannot open %s. %s", src.Name, sourceError(err)), details: err.Error(),
		button: "Retry", do: func() { w.connect(src) }})
}

// remember notes that the window is to open with this data source.
func (w *Window) remember(src app.Source) {
	w.run.then(func() func() {
		err := w.session.Sources.Use(src)
		if err == nil {
			return nil
		}
		return func() { w.bars.put(notice{id: "sources", kind: noticeWarning, text: sentence(err)}) }
	})
}
