package redisshare

import (
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// server is a real Redis that a test can kill and start again.
type server struct {
	path, port, dir string
	args            []string
	cmd             *exec.Cmd
}

func start(t *testing.T, args ...string) *server {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	s := &server{path: path, port: port, dir: t.TempDir(), args: append([]string{"--save", "", "--appendonly", "no"}, args...)}
	s.run(t)
	t.Cleanup(s.kill)
	return s
}

func (s *server) run(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command(s.path, append([]string{"--port", s.port, "--bind", "127.0.0.1", "--dir", s.dir}, s.args...)...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal("Redis does not start")
		}
	}
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may be gone
	_ = s.cmd.Wait()
}

// instance is the link of one instance.
func (s *server) instance(t *testing.T) *Link {
	t.Helper()
	return s.named(t, "db1")
}

func (s *server) named(t *testing.T, namespace string) *Link {
	t.Helper()
	l, err := Open("redis://127.0.0.1:"+s.port, Options{Namespace: namespace, Timeout: 500 * time.Millisecond, Pause: 200 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func has(t *testing.T, c *Cache, key, want string) (age string) {
	t.Helper()
	got, age, ok := c.Get(t.Context(), key)
	if ok != (want != "") || string(got) != want {
		t.Errorf("%s is %q, want %q", key, got, want)
	}
	return age
}

func TestCacheIsShared(t *testing.T) {
	s := start(t)
	a, b, other := NewCache(s.instance(t)), NewCache(s.instance(t)), NewCache(s.named(t, "db2"))
	ctx := t.Context()
	has(t, b, "k", "") // who comes makes old what is there
	a.Put(ctx, "k", has(t, a, "k", ""), []byte("answer\nof a"), time.Minute)
	has(t, b, "k", "answer\nof a")
	has(t, other, "k", "")

	b.Wrote(ctx)
	old := has(t, a, "k", "")
	b.Wrote(ctx) // while a makes the answer
	young := has(t, a, "k", "")
	a.Put(ctx, "k", old, []byte("old"), time.Minute)
	has(t, b, "k", "")
	a.Put(ctx, "k", young, []byte("young"), time.Minute)
	has(t, b, "k", "young")

	a.Put(ctx, "short", has(t, a, "short", ""), []byte("x"), 50*time.Millisecond)
	time.Sleep(80 * time.Millisecond)
	has(t, a, "short", "")
}

// A Redis that is killed and started again: everything goes on, and no answer
// from before a write comes back.
func TestRedisDiesAndComesBack(t *testing.T) {
	s := start(t)
	la, lb := s.instance(t), s.instance(t)
	a, b := NewCache(la), NewCache(lb)
	limit := NewLimiter(la, map[string]float64{"read": 1})
	ctx := t.Context()
	has(t, b, "k", "")
	a.Put(ctx, "k", has(t, a, "k", ""), []byte("1"), time.Minute)
	has(t, b, "k", "1")

	s.kill()
	age := has(t, a, "k", "")
	a.Put(ctx, "k", age, []byte("2"), time.Minute)
	has(t, a, "k", "2") // in this process
	has(t, b, "k", "")
	for range failures {
		a.Get(ctx, "x")
	}
	if !la.Away() {
		t.Error("Redis is not left alone")
	}
	allowed := 0
	for range 10 {
		if _, ok := limit.Allow("c", "read", "/r"); ok {
			allowed++
		}
	}
	if allowed != 2 {
		t.Errorf("%d of 10 were let in without Redis, want 2", allowed)
	}
	a.Wrote(ctx) // cannot be told
	has(t, a, "k", "")
	a.Put(ctx, "k", age, []byte("from before the write"), time.Minute)
	has(t, a, "k", "")

	s.run(t)
	end := time.Now().Add(10 * time.Second)
	for la.Ping(ctx) != nil || lb.Ping(ctx) != nil {
		if time.Now().After(end) {
			t.Fatal("it does not come back")
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Put(ctx, "k", has(t, b, "k", ""), []byte("old"), time.Minute)
	age = has(t, a, "any", "") // tells Redis now of the write that it missed
	has(t, b, "k", "")
	a.Put(ctx, "any", age, []byte("new"), time.Minute)
	has(t, b, "any", "new")
}

func TestLimiterIsShared(t *testing.T) {
	s := start(t)
	rates := map[string]float64{"read": 5, "free": 0}
	a, b := NewLimiter(s.instance(t), rates), NewLimiter(s.instance(t), rates)
	allowed, wait := 0, time.Duration(0)
	for i := range 40 {
		w, ok := []*Limiter{a, b}[i%2].Allow("c", "read", "/r")
		if ok {
			allowed++
		} else {
			wait = w
		}
	}
	if allowed < 10 || allowed > 13 { // a burst of ten, and what comes back meanwhile
		t.Errorf("%d of 40 were let in", allowed)
	}
	if wait <= 0 || wait > time.Second {
		t.Errorf("wait %v", wait)
	}
	for _, c := range []struct{ client, class, route string }{{"d", "read", "/r"}, {"c", "read", "/other"}, {"c", "free", "/r"}} {
		if _, ok := b.Allow(c.client, c.class, c.route); !ok {
			t.Errorf("%v was not let in", c)
		}
	}
	time.Sleep(wait + 20*time.Millisecond)
	if _, ok := b.Allow("c", "read", "/r"); !ok {
		t.Error("not let in after the wait")
	}
}

func TestAddress(t *testing.T) {
	_, err := Open("redis://u:geheim@[", Options{})
	if err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "redis://HOST:PORT") {
		t.Error(err)
	}
}
