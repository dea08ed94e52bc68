package serve

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// BenchmarkRead10000 is a read of a week of 1-minute points from Postgres, without a network between.
func BenchmarkRead10000(b *testing.B) {
	s := benchServer(b)
	for b.Loop() {
		w := &muted{header: http.Header{}}
		s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/api/v1/metrics?vm=web-01&metric=cpu&days=7", nil))
		if w.status != 200 {
			b.Fatal(w.status)
		}
	}
}

// BenchmarkBatch1000 stores 1,000 new points of 100 series.
func BenchmarkBatch1000(b *testing.B) {
	s := benchServer(b)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := 0; b.Loop(); n++ {
		var body bytes.Buffer
		for i := range 1000 {
			fmt.Fprintf(&body, `,{"vm":"new-%02d","timestamp":%q,"metric":"m%d","value":%.2f}`, i%100/10, start.Add(time.Duration(n*10+i/100)*time.Minute).Format(time.RFC3339), i%10, float64(i*7919%10000)/100)
		}
		text := append([]byte("["), body.Bytes()[1:]...)
		r := httptest.NewRequest("POST", "http://localhost/api/v1/metrics/batch", bytes.NewReader(append(text, ']')))
		r.Header.Set("Content-Type", "application/json")
		w := &muted{header: http.Header{}}
		s.Handler().ServeHTTP(w, r)
		if w.status != 201 {
			b.Fatal(w.status)
		}
	}
}

func benchServer(b *testing.B) *Server {
	b.Helper()
	ctx := context.Background()
	st, err := postgres.Open(ctx, pgtest.URL(b), postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	tx, err := st.Begin(ctx, store.Origin{Source: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now().Truncate(time.Minute)
	sr := metric.Series{Key: metric.Key{VM: "web-01", Metric: "cpu"}}
	for i := range 10_100 {
		sr.Times, sr.Values = append(sr.Times, now.Add(-time.Duration(10_099-i)*time.Minute).UnixMicro()), append(sr.Values, float64(i*7919%10000)/100)
	}
	if _, err := tx.Write(ctx, sr, store.Replace); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	s, err := New(Options{Store: st, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Limits: Limits{Read: -1, Write: -1}, Watch: Watch{Off: true}})
	if err != nil {
		b.Fatal(err)
	}
	stop := s.work()
	b.Cleanup(func() {
		if err := stop(); err != nil {
			b.Error(err)
		}
		_ = st.Close()
	})
	return s
}
