package serve

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// FuzzReadMetrics: whatever stands in a cursor, a moment or a step, the answer
// is rows, or says what is wrong.
func FuzzReadMetrics(f *testing.F) {
	clock := func() time.Time { return now }
	st, err := sqlite.Open(f.Context(), filepath.Join(f.TempDir(), "metrics.db"), sqlite.Options{Now: clock})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = st.Close() })
	tx, err := st.Begin(f.Context(), store.Origin{Source: "test"})
	if err != nil {
		f.Fatal(err)
	}
	sr := metric.Series{Key: metric.Key{VM: "a", Metric: "m"}}
	for i := range 50 {
		sr.Times, sr.Values = append(sr.Times, now.Add(time.Duration(i-50)*time.Hour).UnixMicro()), append(sr.Values, float64(i))
	}
	if _, err := tx.Write(f.Context(), sr, store.Replace); err != nil {
		f.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		f.Fatal(err)
	}
	s, err := New(Options{Store: st, Now: clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Watch: Watch{Off: true}, Limits: Limits{Read: -1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(cursor{sr.Key, now.UnixMicro()}.String(), "", "", "", 3)
	f.Add("", "2026-11-22", "2026-11-23T10:00:00Z", "1h", 0)
	f.Add("e30", "0001-01-01 00:00", "9999-12-31", "999999w", -1)
	f.Add("eyJ2bSI6ImEiLCJtZXRyaWMiOiJtIiwidCI6OTIyMzM3MjAzNjg1NDc3NTgwN30", "", "", "", 1)
	f.Fuzz(func(t *testing.T, at, start, end, step string, limit int) {
		q := url.Values{}
		for name, v := range map[string]string{"cursor": at, "start_date": start, "end_date": end, "step": step} {
			if v != "" {
				q.Set(name, v)
			}
		}
		if limit != 0 {
			q.Set("limit", string(appendValue(nil, float64(limit))))
		}
		defer time.AfterFunc(10*time.Second, func() { panic("it takes too long: " + q.Encode()) }).Stop()
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/api/v1/metrics?"+q.Encode(), nil))
		if w.Code != 200 && w.Code != 400 && w.Code != 422 {
			t.Fatalf("%s: %d %s", q.Encode(), w.Code, w.Body)
		}
	})
}
