package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"aiops/store"
	"aiops/store/postgres/pgtest"
)

func TestSignals(t *testing.T) {
	server := pgtest.StartServer(t)
	url := server.Database(t)
	a, b := open(t, url), open(t, url)
	heard, ended := make(chan string, 10), make(chan error, 1)
	listen := func() {
		ready := make(chan bool)
		go func() {
			ended <- b.Listen(t.Context(), func() { close(ready) }, func(text string) { heard <- text })
		}()
		select {
		case <-ready:
		case err := <-ended:
			t.Fatal("listen:", err)
		}
	}
	listen()
	long := strings.Repeat("x", store.MostSignal)
	for _, text := range []string{"hello", long} {
		if err := a.Signal(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if got := <-heard; got != text {
			t.Errorf("heard %.20q", got)
		}
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, store.ErrAway) {
		t.Error("the connection broke:", err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	listen()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for a.Signal(ctx, "again") != nil && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	if got := <-heard; got != "again" {
		t.Errorf("heard %q", got)
	}
}
