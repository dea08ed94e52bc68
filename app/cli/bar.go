package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// bar is a progress bar on a terminal; in a pipe it is silent.
type bar struct {
	mu    sync.Mutex
	w     io.Writer // nil: silent
	name  string
	shown bool
	last  time.Time
}

func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &bar{}
	}
	return &bar{w: f}
}

// begin names the work that the next progress is about.
func (b *bar) begin(name string) { b.name = name }

// progress draws the bar, at most 20 times a second.
func (b *bar) progress(done, total int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.w == nil || total <= 0 || time.Since(b.last) < 50*time.Millisecond {
		return
	}
	b.last = time.Now()
	const width = 30
	n := min(width, int(width*done/total))
	fmt.Fprintf(b.w, "\r\x1b[K%s [%s%s] %3d %%", b.name, strings.Repeat("█", n), strings.Repeat("·", width-n), min(100, 100*done/total))
	b.shown = true
}

// clear takes the bar away, so that text can be printed.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.shown = false
	}
}
