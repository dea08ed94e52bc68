package s3models

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"aiops/forecast"
	"aiops/metric"
)

var cpu = metric.Key{VM: "web-01", Metric: "cpu"}

// server is S3 in this process, behind what a test makes of its answers.
type server struct {
	url     string
	backend *s3mem.Backend
	asked   atomic.Int64
	mu      sync.Mutex
	trouble http.HandlerFunc // nil: none
	next    http.Handler
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	s.mu.Lock()
	trouble := s.trouble
	s.mu.Unlock()
	if trouble != nil {
		trouble(w, r)
		return
	}
	s.next.ServeHTTP(w, r)
}

func (s *server) set(trouble http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = trouble
}

func serve(t *testing.T) *server {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret-key")
	s := &server{backend: s3mem.New()}
	s.next = gofakes3.New(s.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	if err := s.backend.CreateBucket("models"); err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

// open is one instance, with copies of its own.
func (s *server) open(t *testing.T) *Storage {
	t.Helper()
	return s.openIn(t, t.TempDir())
}

func (s *server) openIn(t *testing.T, dir string) *Storage {
	t.Helper()
	st, err := Open("s3://models/fleet?region=us-east-1&endpoint="+s.url, dir, Options{Timeout: 2 * time.Second, Tries: 2})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func model(trained int64) forecast.Model {
	return forecast.Model{Version: forecast.ModelVersion, Key: cpu, Kind: "theta", Trained: trained, Points: 100}
}

func load(t *testing.T, s *Storage) forecast.Model {
	t.Helper()
	m, err := s.Load(t.Context(), cpu, "theta")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func save(t *testing.T, s *Storage, m forecast.Model) {
	t.Helper()
	if err := s.Save(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func TestStorage(t *testing.T) {
	s := serve(t)
	a, b := s.open(t), s.open(t)
	if _, err := a.Load(t.Context(), cpu, "theta"); !errors.Is(err, forecast.ErrNoModel) {
		t.Error(err)
	}
	save(t, a, model(1))
	if m := load(t, b); m.Trained != 1 || m.Points != 100 || len(m.Warnings) > 0 {
		t.Errorf("%+v", m)
	}
	other := model(2)
	other.Kind = "naive"
	save(t, b, other)
	all, err := a.List(t.Context())
	if err != nil || len(all) != 2 || all[0].Kind != "naive" || all[1].Kind != "theta" {
		t.Errorf("%+v %v", all, err)
	}
	if err := a.Delete(t.Context(), cpu, "theta"); err != nil {
		t.Error(err)
	}
	for _, st := range []*Storage{a, b} {
		if _, err := st.Load(t.Context(), cpu, "theta"); !errors.Is(err, forecast.ErrNoModel) {
			t.Error(err)
		}
		if err := st.Delete(t.Context(), cpu, "theta"); !errors.Is(err, forecast.ErrNoModel) {
			t.Error(err)
		}
	}
	save(t, b, model(3)) // its copy is of an object that is gone
	if m := load(t, a); m.Trained != 3 {
		t.Errorf("%+v", m)
	}
}

// Two instances that train the same series leave the model that was trained later.
func TestTheLaterModelStays(t *testing.T) {
	s := serve(t)
	a, b := s.open(t), s.open(t)
	save(t, a, model(10))
	save(t, b, model(5)) // does not know of the other
	if m := load(t, b); m.Trained != 10 {
		t.Errorf("an older model took the place of a newer one: %+v", m)
	}
	save(t, b, model(20))
	save(t, a, model(15)) // knows an older one
	if m := load(t, a); m.Trained != 20 {
		t.Errorf("%+v", m)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			st := s.openIn(t, filepath.Join(t.TempDir(), "x"))
			if err := st.Save(context.Background(), model(int64(100+i))); err != nil && !strings.Contains(err.Error(), "again and again") {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if m := load(t, a); m.Trained != 107 {
		t.Errorf("of eight that wrote at once, %d is there", m.Trained)
	}
}

// What has not changed is not read again, also by the next process.
func TestCopies(t *testing.T) {
	s := serve(t)
	dir := t.TempDir()
	save(t, s.openIn(t, dir), model(1))
	sent := 0
	s.set(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		s.next.ServeHTTP(rec, r)
		if rec.Code == http.StatusOK { // not the text of a 304
			sent += rec.Body.Len()
		}
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes()) // the test's client tells
	})
	if m := load(t, s.openIn(t, dir)); m.Trained != 1 || sent != 0 {
		t.Errorf("%+v, %d bytes", m, sent)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("{rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if m := load(t, s.openIn(t, dir)); m.Trained != 1 || sent == 0 {
		t.Errorf("of a damaged copy: %+v, %d bytes", m, sent)
	}
}

// Each trouble is told plainly; a copy serves meanwhile, and never half a model.
func TestTroubles(t *testing.T) {
	s := serve(t)
	with, without := s.open(t), s.open(t)
	save(t, with, model(1))
	text, err := forecast.EncodeModel(model(2))
	if err != nil {
		t.Fatal(err)
	}
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		w.Header().Set("Content-Length", "100000")
		w.Header().Set("X-Amz-Meta-Sha256", sumOf(text))
		_, _ = w.Write(text[:50]) // it is cut on purpose
	}
	wrong := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		w.Header().Set("X-Amz-Meta-Sha256", sumOf(text))
		_, _ = w.Write(append(slices.Clone(text[:len(text)-2]), '1', '}')) // the client tells
	}
	for name, c := range map[string]struct {
		trouble http.HandlerFunc
		want    error
		says    string
		copy    bool // a copy serves
	}{
		"5xx":         {answer(http.StatusServiceUnavailable, "SlowDown"), ErrAway, "cannot be reached", true},
		"slow":        {func(http.ResponseWriter, *http.Request) { time.Sleep(3 * time.Second) }, ErrAway, "no answer within 2s", true},
		"cut":         {half, ErrAway, "cannot be reached", true},
		"wrong bytes": {wrong, forecast.ErrDamagedModel, "SHA-256", false},
		"not allowed": {answer(http.StatusForbidden, "AccessDenied"), nil, "check AWS_ACCESS_KEY_ID", false},
		"no bucket":   {answer(http.StatusNotFound, "NoSuchBucket"), nil, "there is no such bucket", false},
	} {
		t.Run(name, func(t *testing.T) {
			s.set(c.trouble)
			defer s.set(nil)
			m, err := without.Load(t.Context(), cpu, "theta")
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret-key") || m.Points != 0 {
				t.Errorf("without a copy: %+v, %v", m, err)
			}
			m, err = with.Load(t.Context(), cpu, "theta")
			if c.copy != (err == nil) || c.copy && (m.Trained != 1 || len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "local copy")) {
				t.Errorf("with a copy: %+v, %v", m, err)
			}
			if name != "cut" && name != "wrong bytes" {
				if err := without.Save(t.Context(), model(9)); err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("save: %v", err)
				}
			}
		})
	}
	if m := load(t, without); m.Trained != 1 {
		t.Errorf("after all troubles: %+v", m)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := with.Load(ctx, cpu, "theta"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func answer(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<Error><Code>" + code + "</Code><Message>no</Message></Error>")) // the client tells
	}
}

// A damaged object is told by List and replaced by Save.
func TestDamagedObject(t *testing.T) {
	s := serve(t)
	a := s.open(t)
	save(t, a, model(1))
	name := "fleet/" + forecast.ModelName(cpu, "theta")
	if _, err := s.backend.PutObject("models", name, map[string]string{"Last-Modified": "Mon, 02 Jan 2006 15:04:05 GMT"}, strings.NewReader("{}"), 2, nil); err != nil {
		t.Fatal(err)
	}
	if all, err := a.List(t.Context()); len(all) != 0 || !errors.Is(err, forecast.ErrDamagedModel) {
		t.Errorf("%v %v", all, err)
	}
	save(t, a, model(2))
	if m := load(t, s.open(t)); m.Trained != 2 {
		t.Errorf("%+v", m)
	}
}

func TestAddresses(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := Open("s3://models", "", Options{}); err == nil || !strings.Contains(err.Error(), "set AWS_ACCESS_KEY_ID") {
		t.Error(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for address, want := range map[string]string{
		"s3://":                                        "s3://BUCKET/PREFIX",
		"s3://a:b@models":                              "holds a key",
		"s3://models?endpoint=localhost:9000":          "https://HOST:PORT",
		"s3://models?endpoint=http://u:p@h":            "https://HOST:PORT",
		"s3://models?end=x":                            `option "end"`,
		"s3://models/a/b?endpoint=http://h:1&region=x": "",
	} {
		if _, err := Open(address, "", Options{}); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
