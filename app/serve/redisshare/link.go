package redisshare

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"
)

// Options say how Redis is used. The zero Options take the defaults.
type Options struct {
	Namespace string        // of the keys: what tells one database's service from another's
	Password  string        // goes before the address's
	Timeout   time.Duration // of each call; 0: 100 ms
	Pause     time.Duration // how long Redis is left alone after it has failed; 0: 2 s
	Entries   int           // of the cache inside this process; 0: 1000
	Log       *slog.Logger  // nil: the default
}

// Link is the connection to Redis that Cache and Limiter use.
type Link struct {
	o       Options
	client  *redis.Client
	breaker *gobreaker.CircuitBreaker[any]
	run     atomic.Value // string: Redis' own name of its run
	begun   func()       // another run of Redis is met, which may know less, or only what was long ago
	told    atomic.Int64 // when a failure was told to the log, in seconds
}

// failures in a row, and Redis is left alone for a while.
const failures = 3

// Open takes redis://[USER:PASSWORD@]HOST:PORT/DB or rediss:// with TLS. Nothing is asked yet.
func Open(url string, o Options) (*Link, error) {
	ro, err := redis.ParseURL(url)
	if err != nil { // its text may hold the password
		return nil, errors.New("the address of Redis is written as redis://HOST:PORT/DB, or rediss:// with TLS")
	}
	if o.Timeout == 0 {
		o.Timeout = 100 * time.Millisecond
	}
	if o.Pause == 0 {
		o.Pause = 2 * time.Second
	}
	if o.Entries == 0 {
		o.Entries = 1000
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Password != "" {
		ro.Password = o.Password
	}
	ro.DialTimeout, ro.ReadTimeout, ro.WriteTimeout, ro.PoolTimeout = o.Timeout, o.Timeout, o.Timeout, o.Timeout
	ro.MaxRetries, ro.DialerRetries, ro.ContextTimeoutEnabled = -1, 1, true
	redis.SetLogger(talk{o.Log})
	l := &Link{o: o, begun: func() {}}
	ro.OnConnect = l.met
	l.client = redis.NewClient(ro)
	l.breaker = gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
		Name: ro.Addr, MaxRequests: 1, Timeout: o.Pause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
		OnStateChange: func(addr string, _, to gobreaker.State) {
			o.Log.Warn("redis", "address", addr, "away", to != gobreaker.StateClosed)
		},
	})
	return l, nil
}

// met finds out on each new connection whether Redis was started anew.
func (l *Link) met(ctx context.Context, c *redis.Conn) error {
	info, err := c.Info(ctx, "server").Result()
	if err != nil {
		return nil // it may not be asked: what it does not tell is not known
	}
	_, run, _ := strings.Cut(info, "run_id:")
	run, _, _ = strings.Cut(run, "\r")
	if was := l.run.Swap(run); was != run {
		l.begun()
	}
	return nil
}

// talk takes what the library says beside its errors.
type talk struct{ log *slog.Logger }

func (t talk) Printf(ctx context.Context, format string, v ...any) {
	t.log.DebugContext(ctx, "redis", "detail", fmt.Sprintf(format, v...))
}

// Close ends the connections.
func (l *Link) Close() error { return l.client.Close() }

// Address is where Redis is, without the password.
func (l *Link) Address() string { return l.client.Options().Addr }

// Ping asks whether Redis is there.
func (l *Link) Ping(ctx context.Context) error {
	return l.do(ctx, func(ctx context.Context) error { return l.client.Ping(ctx).Err() })
}

// Away reports whether Redis is left alone, as it has failed.
func (l *Link) Away() bool { return l.breaker.State() != gobreaker.StateClosed }

// do asks Redis, shortly, unless it is left alone.
func (l *Link) do(ctx context.Context, ask func(context.Context) error) error {
	_, err := l.breaker.Execute(func() (any, error) {
		soon, cancel := context.WithTimeout(ctx, l.o.Timeout)
		defer cancel()
		err := ask(soon)
		if err != nil && ctx.Err() != nil {
			return nil, context.Canceled // the caller went away, not Redis
		}
		return nil, err
	})
	if err == nil {
		return nil
	}
	if now, was := time.Now().Unix(), l.told.Load(); now-was >= 60 && ctx.Err() == nil && l.told.CompareAndSwap(was, now) {
		l.o.Log.Warn("redis fails", "address", l.Address(), "error.message", err.Error())
	}
	return fmt.Errorf("ask Redis: %w", err)
}

func (l *Link) key(parts ...string) string {
	k := "aiops:" + l.o.Namespace
	for _, p := range parts {
		k += ":" + p
	}
	return k
}
