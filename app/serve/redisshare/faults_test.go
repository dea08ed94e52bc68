package redisshare

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"
)

// open is a link with its own options.
func (s *server) open(t *testing.T, o Options) *Link {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	o.Namespace = "db"
	l, err := Open("redis://127.0.0.1:"+s.port, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// goesOn checks that a cache and a limiter work in this process, and that waiting for Redis costs little.
func goesOn(t *testing.T, l *Link) {
	t.Helper()
	c, limit := NewCache(l), NewLimiter(l, map[string]float64{"read": 1})
	began, allowed := time.Now(), 0
	for i := range 200 {
		if _, age, ok := c.Get(t.Context(), "k"); !ok {
			c.Put(t.Context(), "k", age, []byte("x"), time.Minute)
		} else if i == 0 {
			t.Error("there is an answer that nobody put there")
		}
		if _, ok := limit.Allow("client", "read", "/r"); ok {
			allowed++
		}
	}
	took := time.Since(began)
	if _, _, ok := c.Get(t.Context(), "k"); !ok {
		t.Error("nothing is kept")
	}
	if most := 3 + int(took.Seconds()); allowed < 1 || allowed > most {
		t.Errorf("%d of 200 were let in, want %d at most", allowed, most)
	}
	if took > 5*time.Second {
		t.Errorf("400 calls took %v", took)
	}
}

// A Redis that is there and does not answer, and answers again later.
func TestRedisHangs(t *testing.T) {
	s := start(t)
	l := s.open(t, Options{Pause: 200 * time.Millisecond})
	c := NewCache(l)
	c.Put(t.Context(), "k", has(t, c, "k", ""), []byte("old"), time.Minute)
	if err := s.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	goesOn(t, l)
	c.Wrote(t.Context())
	if err := s.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); l.Ping(t.Context()) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come back")
		}
	}
	has(t, c, "k", "")
}

// A Redis that takes nothing any more, wants another password or is too old does no harm.
func TestRedisIsOfNoUse(t *testing.T) {
	for name, args := range map[string][]string{
		"full":           {"--maxmemory", "1", "--maxmemory-policy", "noeviction"},
		"wants password": {"--requirepass", "secret"},
		"knows no Lua":   {"--rename-command", "EVALSHA", "", "--rename-command", "EVAL", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			goesOn(t, start(t, args...).open(t, Options{Pause: 100 * time.Millisecond, Password: "geheim", Log: slog.New(slog.NewTextHandler(&log, nil))}))
			if !strings.Contains(log.String(), "redis fails") || strings.Contains(log.String(), "geheim") {
				t.Error("the log says:", log.String())
			}
		})
	}
}

// Versions before 6 do not know HELLO.
func TestOldRedis(t *testing.T) {
	l := start(t, "--rename-command", "HELLO", "").open(t, Options{})
	c := NewCache(l)
	c.Put(t.Context(), "k", has(t, c, "k", ""), []byte("x"), time.Minute)
	has(t, c, "k", "x")
	if _, ok := NewLimiter(l, map[string]float64{"read": 1}).Allow("c", "read", "/r"); !ok || l.Away() {
		t.Error("it is taken for away")
	}
}

func TestPassword(t *testing.T) {
	s := start(t, "--requirepass", "secret")
	if err := s.open(t, Options{Password: "secret"}).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.open(t, Options{Password: "other"}).Ping(t.Context()); err == nil || strings.Contains(err.Error(), "other") {
		t.Error(err)
	}
}

// A Redis that throws away what it likes may throw away the mark of writes: then
// nothing that was kept before is found again.
func TestTheMarkIsThrownAway(t *testing.T) {
	l := start(t).open(t, Options{})
	c := NewCache(l)
	c.Put(t.Context(), "k", has(t, c, "k", ""), []byte("from before the write"), time.Minute)
	c.Wrote(t.Context())
	if err := l.client.Del(t.Context(), l.key("mark")).Err(); err != nil {
		t.Fatal(err)
	}
	has(t, c, "k", "")
}

// A Redis that keeps its data on disk is killed; somebody writes; it comes back
// with the answers from before, which nobody believes.
func TestRedisComesBackWithOldAnswers(t *testing.T) {
	s := start(t, "--appendonly", "yes", "--appendfsync", "always")
	writer, other := NewCache(s.open(t, Options{Pause: 50 * time.Millisecond})), NewCache(s.open(t, Options{Pause: 50 * time.Millisecond}))
	writer.Wrote(t.Context())
	other.Put(t.Context(), "k", has(t, other, "k", ""), []byte("from before the write"), time.Minute)
	has(t, other, "k", "from before the write")
	s.kill()
	writer.Wrote(t.Context()) // cannot be told to Redis
	s.run(t)
	for end := time.Now().Add(10 * time.Second); other.link.Ping(t.Context()) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come back")
		}
	}
	has(t, other, "k", "")
}
