package notify

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"aiops/metric"
)

// Options are for tests; the zero value is right otherwise.
type Options struct {
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error // waits, or returns the context's error
	Open  func(c Config) (Channel, error)
	Queue int // messages a channel keeps waiting; 0: 100
}

func (o Options) complete() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Open == nil {
		o.Open = Open
	}
	o.Queue = cmp.Or(o.Queue, 100)
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Notifier tells channels of changes. It never makes its caller wait.
type Notifier struct {
	grouping Grouping
	routes   map[string][]string
	lines    []*line
	o        Options
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	waiting []metric.Transition // for more of their groups
	closed  bool
}

// New starts a notifier. routes say which channels a rule's changes go to, by
// the rule's name; a rule that is not there goes to all. A channel that cannot
// be opened is told by Status and tried again with each message.
func New(channels []Config, g Grouping, routes map[string][]string, o Options) *Notifier {
	n := &Notifier{grouping: g, routes: routes, o: o.complete()}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	for _, c := range channels {
		l := newLine(c, n.o)
		n.lines = append(n.lines, l)
		n.running.Go(func() { l.run(n.ctx) })
	}
	return n
}

// Notify queues changes: those that people are told of, firing and resolved.
func (n *Notifier) Notify(all []metric.Transition) {
	if len(all) == 0 || len(n.lines) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	first := len(n.waiting) == 0
	n.waiting = append(n.waiting, all...)
	switch {
	case n.grouping.Wait <= 0:
		n.flush()
	case first:
		n.running.Go(func() {
			_ = n.o.Sleep(n.ctx, n.grouping.Wait) // stopped: Close has sent what waits
			n.mu.Lock()
			defer n.mu.Unlock()
			n.flush()
		})
	}
}

// flush gives what waits to the channels; the caller holds the lock.
func (n *Notifier) flush() {
	for _, l := range n.lines {
		mine := slices.DeleteFunc(slices.Clone(n.waiting), func(t metric.Transition) bool {
			to := n.routes[t.Rule]
			return len(to) > 0 && !slices.Contains(to, l.config.Name)
		})
		for _, m := range Group(mine, n.grouping.By) {
			l.put(m)
		}
	}
	n.waiting = nil
}

// Status is how each channel does, in the order of the file.
func (n *Notifier) Status() []Status {
	var out []Status
	for _, l := range n.lines {
		out = append(out, l.state())
	}
	return out
}

// Idle reports whether all that Notify was given has been sent or given up.
func (n *Notifier) Idle() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.waiting) == 0 && !slices.ContainsFunc(n.lines, func(l *line) bool { return l.state().Queued > 0 })
}

// Close sends what waits, as long as the context lasts, and stops.
func (n *Notifier) Close(ctx context.Context) error {
	n.mu.Lock()
	if !n.closed {
		n.flush()
	}
	n.closed = true
	n.mu.Unlock()
	for _, l := range n.lines {
		l.close()
	}
	stop := context.AfterFunc(ctx, n.cancel)
	defer stop()
	done := make(chan struct{})
	go func() {
		for _, l := range n.lines {
			for l.state().Queued > 0 && n.ctx.Err() == nil {
				_ = sleep(n.ctx, 5*time.Millisecond)
			}
		}
		n.cancel()
		n.running.Wait()
		close(done)
	}()
	<-done
	return ctx.Err()
}
