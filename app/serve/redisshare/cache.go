package redisshare

import (
	"context"
	"crypto/rand"
	"strings"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

const (
	// longest is how long an answer may be kept. Marks of writes are kept as long,
	// so that an answer from before a write never outlives the write's mark.
	longest = time.Hour
	// alone is how long an answer is kept while Redis is away, as the writes of
	// other instances are not seen then.
	alone = 2 * time.Second
)

// Cache keeps answers for all instances. After a write to a scope (a series),
// what was kept of it, and what was kept without a scope, is not found again.
type Cache struct {
	link    *Link
	local   *lru.Cache[string, kept]
	seen    *lru.Cache[string, string] // by key: the marks when it was looked for
	missed  *atomic.Int64              // writes that could not be told to Redis
	flights *singleflight.Group
	scope   string
}

type kept struct {
	value []byte
	until time.Time
}

// NewCache keeps answers in Redis, and in this process while Redis is away.
func NewCache(l *Link) *Cache {
	local, _ := lru.New[string, kept](l.o.Entries) // its size is positive
	seen, _ := lru.New[string, string](l.o.Entries)
	return &Cache{link: l, local: local, seen: seen, missed: &atomic.Int64{}, flights: &singleflight.Group{}}
}

// Of is the cache of the answers about one scope, such as a series.
func (c *Cache) Of(scope string) *Cache {
	of := *c
	of.scope = scope
	return &of
}

// Get finds an answer.
func (c *Cache) Get(ctx context.Context, key string) ([]byte, bool) {
	full := c.link.key("answer", c.scope, key)
	var got []any
	err := c.link.do(ctx, func(ctx context.Context) (err error) {
		if n := c.missed.Load(); n > 0 {
			if err := c.mark(ctx, "all"); err != nil {
				return err
			}
			c.missed.CompareAndSwap(n, 0)
		}
		got, err = c.link.client.MGet(ctx, c.link.key("mark", "all"), c.link.key("mark", "scope", c.scope), full).Result()
		return err
	})
	if err != nil {
		k, ok := c.local.Get(full)
		return k.value, ok && time.Now().Before(k.until)
	}
	marks := text(got[0]) + "/" + text(got[1])
	value := text(got[2])
	if head, body, ok := strings.Cut(value, "\n"); ok && head == marks {
		return []byte(body), true
	}
	c.seen.Add(full, marks)
	return nil, false
}

func text(v any) string {
	s, _ := v.(string) // nil: there is none
	return s
}

// Put keeps the answer that Get did not find. It counts as made when Get was
// asked, so that a write meanwhile makes it worthless.
func (c *Cache) Put(ctx context.Context, key string, value []byte, keep time.Duration) {
	full := c.link.key("answer", c.scope, key)
	keep = min(keep, longest)
	marks, ok := c.seen.Get(full)
	c.seen.Remove(full)
	if ok {
		ok = nil == c.link.do(ctx, func(ctx context.Context) error {
			return c.link.client.Set(ctx, full, marks+"\n"+string(value), keep).Err()
		})
	}
	if !ok { // Redis is away, or was when Get asked
		c.local.Add(full, kept{value, time.Now().Add(min(keep, alone))})
	}
}

// Load finds an answer or makes it; many that ask for the same wait for one.
func (c *Cache) Load(ctx context.Context, key string, keep time.Duration, make func(context.Context) ([]byte, error)) ([]byte, error) {
	if v, ok := c.Get(ctx, key); ok {
		return v, nil
	}
	made := c.flights.DoChan(c.scope+"\x00"+key, func() (any, error) {
		v, err := make(context.WithoutCancel(ctx))
		if err == nil {
			c.Put(context.WithoutCancel(ctx), key, v, keep)
		}
		return v, err
	})
	select {
	case r := <-made:
		v, _ := r.Val.([]byte) // nil beside an error
		return v, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Wrote is told of writes, after they are committed: what was kept of these scopes is old.
func (c *Cache) Wrote(ctx context.Context, scopes ...string) {
	c.local.Purge()
	names := []string{"scope:"}
	for _, s := range scopes {
		names = append(names, "scope:"+s)
	}
	err := c.link.do(context.WithoutCancel(ctx), func(ctx context.Context) error { return c.mark(ctx, names...) })
	if err != nil {
		c.missed.Add(1) // all is old as soon as Redis is back
	}
}

// mark changes marks, so that answers that were kept with the old ones are not found.
func (c *Cache) mark(ctx context.Context, names ...string) error {
	_, err := c.link.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, name := range names {
			p.Set(ctx, c.link.key("mark", name), rand.Text(), 2*longest)
		}
		return nil
	})
	return err
}
