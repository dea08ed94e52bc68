package serve

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/store"
)

// health adds what a supervisor and a load balancer ask for. Nobody signs in for it.
func (s *Server) health() {
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, "ok\n") })
	s.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := s.ready(ctx); err != nil {
			writeProblem(w, r, huma.Error503ServiceUnavailable("Not ready: "+notReady(err)))
			note(ctx, http.StatusServiceUnavailable, err) // the log tells all of it
			return
		}
		plain(w, "ready\n")
	})
}

// ready says why requests had better go elsewhere, if so.
func (s *Server) ready(ctx context.Context) error {
	if s.stopping.Load() {
		return errStopping
	}
	if _, err := s.store.Silences(ctx); err != nil { // a small table: does the store answer
		return err
	}
	if s.opt.Ready != nil {
		return s.opt.Ready(ctx)
	}
	return nil
}

// notReady is what anybody may read, as nobody signs in for it.
func notReady(err error) string {
	if errors.Is(err, errStopping) || errors.Is(err, store.ErrAway) {
		return err.Error()
	}
	return "the database does not answer as it should. Look at it with `aiops db status`; tables that are missing are made by `aiops db migrate`."
}

func plain(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) // a client that is gone needs no answer
}
