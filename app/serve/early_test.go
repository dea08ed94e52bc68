package serve

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// A time that the database calls future is taken a moment later: who sends it tries again.
func TestDatabaseClockIsBehind(t *testing.T) {
	st, err := postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, err := New(Options{Store: st, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Watch: Watch{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	stop := s.work()
	one := &service{s, t}
	at := time.Now().Add(time.Second)
	body := `{"vm":"a","metric":"up","value":1,"timestamp":"` + at.UTC().Format(time.RFC3339Nano) + `"}`
	one.want(503, "POST", "/api/v1/metrics", body)
	time.Sleep(time.Until(at) + 50*time.Millisecond)
	one.want(201, "POST", "/api/v1/metrics", body)
	if err := stop(); err != nil {
		t.Error(err)
	}
}
