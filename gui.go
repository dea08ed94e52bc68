//go:build !headless

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	fyneapp "fyne.io/fyne/v2/app"

	"aiops/app/cli"
	"aiops/app/ui"
)

// window is the build's window.
var window cli.Window = openWindow

// openWindow begins to read before the toolkit is started, as both take
// equally long, shows the window and returns when it is closed.
func openWindow(ctx context.Context, r cli.WindowRequest) (err error) {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display (DISPLAY and WAYLAND_DISPLAY are empty); aiops --export DIR writes a report without one")
	}
	defer noDisplay(&err)
	s := newSession(r)
	s.Begin(ctx)
	a := fyneapp.NewWithID(ui.AppID)
	a.SetIcon(ui.BrandIcon())
	w := ui.Open(ctx, a, s)
	stop := context.AfterFunc(ctx, w.Quit)
	defer stop()
	w.Window().ShowAndRun()
	w.Close()
	return nil // closed by a signal is closed: the state is saved
}

// noDisplay tells of a display that cannot be reached: the toolkit panics then.
func noDisplay(err *error) {
	if r := recover(); r != nil {
		if text := fmt.Sprint(r); !strings.Contains(text, "GLFW") && !strings.Contains(text, "Unavailable") {
			panic(r)
		}
		*err = fmt.Errorf("the window cannot be opened on DISPLAY=%q WAYLAND_DISPLAY=%q (%v); aiops --export DIR writes a report without one",
			os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"), r)
	}
}
