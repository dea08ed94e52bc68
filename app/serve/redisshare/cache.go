package redisshare

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// longest is how long an answer may be kept. Marks of writes are kept as long,
	// so that an answer from before a write never outlives the write's mark.
	longest = time.Hour
	// alone is how long an answer is kept while Redis is away, as the writes of
	// other instances are not seen then.
	alone = 2 * time.Second
)

// Cache keeps answers for all instances. After a write none that was kept, or
// begun, before it is found again.
type Cache struct {
	link   *Link
	local  *lru.Cache[string, kept]
	doubts atomic.Int64 // whether Redis knows of every write: some were not told, or it was started anew
	writes atomic.Int64 // that this instance knows of
}

type kept struct {
	value []byte
	age   string
	until time.Time
}

// NewCache keeps answers in Redis, and in this process while Redis is away or full.
func NewCache(l *Link) *Cache {
	local, _ := lru.New[string, kept](l.o.Entries) // its size is positive
	c := &Cache{link: l, local: local}
	l.begun = func() { c.doubts.Add(1) }
	return c
}

// away begins the age of what is asked while Redis is away.
const away = "away-"

func (c *Cache) age() string { return away + strconv.FormatInt(c.writes.Load(), 36) }

// Get finds an answer. Otherwise it tells between which writes it was asked.
func (c *Cache) Get(ctx context.Context, key string) (value []byte, age string, ok bool) {
	full := c.link.key("answer", key)
	var stored string
	err := c.link.do(ctx, func(ctx context.Context) (err error) {
		age, stored, err = c.ask(ctx, full)
		return err
	})
	if err != nil {
		age = c.age()
	} else if head, body, ok := strings.Cut(stored, "\n"); ok && head == age {
		return []byte(body), age, true
	}
	k, ok := c.local.Get(full)
	return k.value, age, ok && k.age == age && time.Now().Before(k.until)
}

// ask reads the mark of writes and an answer. Where there is no mark, or doubt whether it
// is that of the last write, a new one makes old all that Redis keeps.
func (c *Cache) ask(ctx context.Context, full string) (age, stored string, err error) {
	for {
		doubts := c.doubts.Load()
		got, err := c.link.client.MGet(ctx, c.link.key("mark"), full).Result()
		if err != nil {
			return "", "", err
		}
		if age = text(got[0]); age != "" && c.doubts.Load() == 0 {
			return age, text(got[1]), nil
		}
		if err := c.mark(ctx); err != nil {
			return "", "", err
		}
		c.doubts.CompareAndSwap(doubts, 0)
	}
}

func text(v any) string {
	s, _ := v.(string) // nil: there is none
	return s
}

// Put keeps an answer that Get did not find. Something that was written since
// makes it worthless.
func (c *Cache) Put(ctx context.Context, key, age string, value []byte, keep time.Duration) {
	full := c.link.key("answer", key)
	keep = min(keep, longest)
	switch {
	case age == c.age():
		c.local.Add(full, kept{value, age, time.Now().Add(min(keep, alone))})
	case !strings.HasPrefix(age, away):
		err := c.link.do(ctx, func(ctx context.Context) error {
			return c.link.client.Set(ctx, full, age+"\n"+string(value), keep).Err()
		})
		if err != nil { // until the mark is another one
			c.local.Add(full, kept{value, age, time.Now().Add(keep)})
		}
	}
}

// Wrote is told of a write, after it is committed: what was kept before is old.
func (c *Cache) Wrote(ctx context.Context) {
	c.Heard()
	if c.link.do(context.WithoutCancel(ctx), c.mark) != nil {
		c.doubts.Add(1) // all is old as soon as Redis is back
	}
}

// Heard is told that another instance wrote; that one has told Redis.
func (c *Cache) Heard() {
	c.writes.Add(1)
	c.local.Purge()
}

// mark changes the mark of writes, so that answers that were kept with the old one are not found.
func (c *Cache) mark(ctx context.Context) error {
	return c.link.client.Set(ctx, c.link.key("mark"), rand.Text(), 2*longest).Err()
}
