package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"aiops/metric"
)

// Status is how a channel does, for a person.
type Status struct {
	Name      string
	Kind      string
	Queued    int       // messages that wait, with the one that is being tried
	Sent      int       // messages since the start
	Dropped   int       // messages that were given up, or found the queue full
	Failing   bool      // the last attempt failed
	LastError string    // of the last attempt that failed; no secrets
	ErrorAt   time.Time // when that was
	SentAt    time.Time // of the last message that arrived
}

// line is a channel with its queue.
type line struct {
	config Config
	o      Options
	queue  chan Message

	mu      sync.Mutex
	channel Channel // nil: it could not be opened yet
	status  Status
	closed  bool
}

func newLine(c Config, o Options) *line {
	l := &line{config: c, o: o, queue: make(chan Message, o.Queue), status: Status{Name: c.Name, Kind: c.Kind}}
	l.attempted(l.open())
	return l
}

// open makes the channel, unless it is there.
func (l *line) open() error {
	if l.channel != nil {
		return nil
	}
	ch, err := l.o.Open(l.config)
	if err == nil {
		l.channel = ch
	}
	return err
}

// put queues a message without waiting; a full queue drops it.
func (l *line) put(m Message) {
	if m, ok := l.wanted(m); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.closed {
			l.status.Dropped++
			return
		}
		select {
		case l.queue <- m:
			l.status.Queued++
		default:
			l.status.Dropped++
			l.status.LastError, l.status.ErrorAt = "the queue is full", l.o.Now()
		}
	}
}

// wanted leaves in a message what the channel is for.
func (l *line) wanted(m Message) (Message, bool) {
	m.Changes = slices.DeleteFunc(slices.Clone(m.Changes), func(t metric.Transition) bool {
		return l.config.OnlyFiring && !firing(t) || len(l.config.Severities) > 0 && !slices.Contains(l.config.Severities, t.Severity)
	})
	return m, len(m.Changes) > 0
}

// run sends what is queued until the queue is closed or it is stopped.
func (l *line) run(ctx context.Context) {
	for m := range l.queue {
		err := l.deliver(ctx, m)
		l.mu.Lock()
		l.status.Queued--
		if err == nil {
			l.status.Sent++
			l.status.SentAt = l.o.Now()
		} else {
			l.status.Dropped++
		}
		l.mu.Unlock()
	}
}

// deliver tries a message until it arrives, is refused, or was tried often enough.
func (l *line) deliver(ctx context.Context, m Message) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = time.Second, 5*time.Minute
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := l.attempt(ctx, m)
		l.attempted(err)
		var permanent permanentError
		if err == nil || errors.As(err, &permanent) || n >= cmp.Or(l.config.Attempts, DefaultAttempts) {
			return err
		}
		wait := pause.NextBackOff()
		var later laterError
		if errors.As(err, &later) {
			wait = max(wait, later.after)
		}
		if err := l.o.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (l *line) attempt(ctx context.Context, m Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = permanentError{fmt.Errorf("a defect in the program: %v; please report it", p)}
		}
	}()
	if err := l.open(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(l.config.Timeout, DefaultTimeout))
	defer cancel()
	return l.channel.Send(ctx, m)
}

func (l *line) attempted(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status.Failing = err != nil
	if err != nil {
		l.status.LastError, l.status.ErrorAt = err.Error(), l.o.Now()
	}
}

func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		close(l.queue)
	}
}

func (l *line) state() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}
