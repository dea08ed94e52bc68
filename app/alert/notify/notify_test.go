package notify

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/metric"
)

func change(rule, vm string, minute int64, to metric.AlertState) metric.Transition {
	return metric.Transition{Key: metric.Key{VM: vm, Metric: "cpu"}, Rule: rule, Time: minute * 60e6, From: metric.Inactive, To: to,
		Severity: metric.Warning, Value: 95, Summary: vm + " cpu is 95.0 %"}
}

// clock lets time pass at once and remembers how much.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.sleeps = append(c.sleeps, d)
	return ctx.Err()
}

func (c *clock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.sleeps...)
}

// fake is a channel that fails some times before it works.
type fake struct {
	mu    sync.Mutex
	fails []error
	tried int
	got   []Message
	hold  chan struct{} // not nil: every attempt waits for it
}

func (f *fake) Send(ctx context.Context, m Message) error {
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tried++
	if len(f.fails) > 0 {
		err := f.fails[0]
		f.fails = f.fails[1:]
		return err
	}
	f.got = append(f.got, m)
	return nil
}

func (f *fake) messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.got
}

func start(t *testing.T, c *clock, g Grouping, routes map[string][]string, queue int, fakes map[string]*fake, configs ...Config) *Notifier {
	t.Helper()
	n := New(configs, g, routes, Options{Now: c.Now, Sleep: c.Sleep, Queue: queue, Open: func(c Config) (Channel, error) {
		if f := fakes[c.Name]; f != nil {
			return f, nil
		}
		return nil, errors.New("there is no " + c.Name)
	}})
	t.Cleanup(func() {
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		_ = n.Close(gone) // of tests that leave something
	})
	return n
}

func closed(t *testing.T, n *Notifier) []Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := n.Close(ctx); err != nil {
		t.Fatal("close:", err)
	}
	return n.Status()
}

func TestRetriesWithBackoff(t *testing.T) {
	c, f := &clock{}, &fake{fails: []error{errors.New("no route"), laterError{errors.New("busy"), time.Hour}, errors.New("no route")}}
	n := start(t, c, Grouping{}, nil, 0, map[string]*fake{"a": f}, Config{Name: "a", Kind: "fake"})
	n.Notify([]metric.Transition{change("high", "web-01", 1, metric.Firing)})
	s := closed(t, n)[0]
	if len(f.messages()) != 1 || f.tried != 4 || s.Sent != 1 || s.Dropped != 0 || s.Queued != 0 || s.Failing || s.LastError != "no route" || s.SentAt.IsZero() {
		t.Errorf("%d attempts, %+v", f.tried, s)
	}
	d := c.slept()
	// 1 s, 1.5 s, 2.25 s, each ±50 %, and no earlier than the other side says.
	if len(d) != 3 || d[0] < 500*time.Millisecond || d[0] > 1500*time.Millisecond || d[1] != time.Hour || d[2] < 1100*time.Millisecond || d[2] > 3400*time.Millisecond {
		t.Errorf("slept %v", d)
	}
}

func TestGivesUp(t *testing.T) {
	for _, c := range []struct {
		name     string
		err      error
		attempts int
	}{{"after so many attempts", errors.New("no route"), 3}, {"at once when refused", permanentError{errors.New("bad address")}, 1}} {
		t.Run(c.name, func(t *testing.T) {
			k, f := &clock{}, &fake{fails: []error{c.err, c.err, c.err}}
			n := start(t, k, Grouping{}, nil, 0, map[string]*fake{"a": f}, Config{Name: "a", Attempts: 3})
			n.Notify([]metric.Transition{change("high", "web-01", 1, metric.Firing)})
			n.Notify([]metric.Transition{change("high", "web-02", 1, metric.Firing)})
			s := closed(t, n)[0]
			if s.Dropped == 0 || s.Sent+s.Dropped != 2 || s.LastError != c.err.Error() || len(k.slept()) > 3 {
				t.Errorf("%+v, slept %v", s, k.slept())
			}
		})
	}
}

// A channel that hangs fills its queue, drops what is more, and holds up nobody.
func TestAHangingChannelHoldsUpNobody(t *testing.T) {
	hanging, fine := &fake{hold: make(chan struct{})}, &fake{}
	n := start(t, &clock{}, Grouping{}, nil, 3, map[string]*fake{"a": hanging, "b": fine}, Config{Name: "a", Timeout: time.Hour}, Config{Name: "b"})
	began := time.Now()
	for i := range int64(20) {
		n.Notify([]metric.Transition{change("high", "web-01", i, metric.Firing)})
		for len(fine.messages()) <= int(i) {
			if time.Since(began) > 10*time.Second {
				t.Fatalf("the other channel got %d of %d", len(fine.messages()), i+1)
			}
			time.Sleep(time.Millisecond)
		}
	}
	s := n.Status()
	if s[0].Queued < 3 || s[0].Queued > 4 || s[0].Dropped < 16 || s[0].LastError != "the queue is full" || s[1].Dropped != 0 {
		t.Errorf("%+v", s)
	}
	gone, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := n.Close(gone); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closing: %v", err)
	}
	n.Notify([]metric.Transition{change("high", "web-01", 1, metric.Firing)}) // after the end: nothing happens
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestAChannelThatCannotBeOpenedIsShown(t *testing.T) {
	n := start(t, &clock{}, Grouping{}, nil, 0, nil, Config{Name: "a", Kind: "desktop", Attempts: 2})
	if s := n.Status()[0]; !s.Failing || s.LastError != "there is no a" {
		t.Errorf("%+v", s)
	}
	n.Notify([]metric.Transition{change("high", "web-01", 1, metric.Firing)})
	if s := closed(t, n)[0]; s.Dropped != 1 {
		t.Errorf("%+v", s)
	}
}

func TestRoutesSeveritiesAndEnds(t *testing.T) {
	all, only, critical := &fake{}, &fake{}, &fake{}
	n := start(t, &clock{}, Grouping{}, map[string][]string{"disk": {"all", "only"}}, 0, map[string]*fake{"all": all, "only": only, "critical": critical},
		Config{Name: "all"}, Config{Name: "only", OnlyFiring: true}, Config{Name: "critical", Severities: []metric.Severity{metric.Critical}})
	bad := change("disk", "db-01", 2, metric.Firing)
	bad.Severity = metric.Critical
	other := change("cpu", "db-01", 3, metric.Firing)
	other.Severity = metric.Critical
	n.Notify([]metric.Transition{change("cpu", "web-01", 1, metric.Resolved), bad, other})
	closed(t, n)
	if len(all.got) != 2 || len(only.got) != 2 || len(only.got[0].Changes) != 1 || len(critical.got) != 1 || critical.got[0].Group != "cpu" {
		t.Errorf("all %v\nonly %v\ncritical %v", all.got, only.got, critical.got)
	}
}

func TestWaitsForMoreOfAGroup(t *testing.T) {
	f, wake := &fake{}, make(chan struct{})
	n := New([]Config{{Name: "a"}}, Grouping{By: ByVM, Wait: time.Minute}, nil, Options{Open: func(Config) (Channel, error) { return f, nil },
		Sleep: func(ctx context.Context, d time.Duration) error {
			if d != time.Minute {
				t.Errorf("waits %v", d)
			}
			<-wake
			return nil
		}})
	n.Notify([]metric.Transition{change("high", "web-01", 1, metric.Firing)})
	n.Notify([]metric.Transition{change("slow", "web-01", 2, metric.Firing), change("slow", "web-02", 2, metric.Firing)})
	close(wake)
	closed(t, n)
	if len(f.got) != 2 || f.got[0].Group != "web-01" || len(f.got[0].Changes) != 2 {
		t.Errorf("%+v", f.got)
	}
}

func TestGrouping(t *testing.T) {
	all := []metric.Transition{change("a", "x", 5, metric.Firing), change("b", "x", 0, metric.Firing), change("a", "y", 6, metric.Resolved), change("a", "x", 90, metric.Resolved)}
	for _, c := range []struct {
		by   GroupBy
		want string
	}{{"", "b 1, a 3"}, {ByRule, "b 1, a 3"}, {ByVM, "x 3, y 1"}, {ByIncident, "incident 3, incident 1"}, {Single, "b 1, a 1, a 1, a 1"}} {
		var parts []string
		for _, m := range Group(all, c.by) {
			parts = append(parts, m.Group+" "+string(rune('0'+len(m.Changes))))
		}
		if got := strings.Join(parts, ", "); got != c.want {
			t.Errorf("by %q: %s, want %s", c.by, got, c.want)
		}
	}
}

func TestTitles(t *testing.T) {
	info := change("a", "x", 1, metric.Firing)
	info.Severity, info.Value, info.Summary = metric.Info, math.NaN(), "two\r\nlines"
	critical := change("a", "y", 2, metric.Resolved)
	critical.Severity = metric.Critical
	for _, c := range []struct {
		m    Message
		want string
	}{
		{Message{"a", []metric.Transition{info}}, "[info] two lines"},
		{Message{"a", []metric.Transition{critical}}, "[resolved] y cpu is 95.0 %"},
		{Message{"a", []metric.Transition{info, critical}}, "[info] a: 1 firing, 1 resolved"},
		{Message{"a", []metric.Transition{critical, critical}}, "[resolved] a: 2 resolved"},
	} {
		if got := c.m.Title(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := (Message{"a", []metric.Transition{critical}}).Text(); got != "1970-01-01 00:02 UTC resolved critical: y cpu is 95.0 %\n" {
		t.Errorf("%q", got)
	}
}
