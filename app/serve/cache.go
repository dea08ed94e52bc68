package serve

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Cache keeps answers that took long to make, until something is written. One
// that fails is as good as empty.
type Cache interface {
	// Get finds an answer. Otherwise age tells between which writes it was asked.
	Get(ctx context.Context, key string) (value []byte, age string, ok bool)
	// Put keeps an answer that was made after Get was asked; it is worthless if
	// something was written since.
	Put(ctx context.Context, key, age string, value []byte, keep time.Duration)
	// Wrote forgets all answers: something was written at this instance.
	Wrote(ctx context.Context)
	// Heard is told that something was written at another one.
	Heard()
}

type memoryCache struct {
	all *lru.Cache[string, cached]
	age atomic.Int64
}

type cached struct {
	value []byte
	age   int64
	until time.Time
}

// NewMemoryCache keeps the last answers in this process.
func NewMemoryCache(most int) Cache {
	all, _ := lru.New[string, cached](max(1, most)) // its size is positive
	return &memoryCache{all: all}
}

func (m *memoryCache) Get(_ context.Context, key string) ([]byte, string, bool) {
	age := m.age.Load()
	c, ok := m.all.Get(key)
	if !ok || c.age != age || time.Now().After(c.until) {
		return nil, strconv.FormatInt(age, 36), false
	}
	return c.value, "", true
}

func (m *memoryCache) Put(_ context.Context, key, age string, value []byte, keep time.Duration) {
	if n, err := strconv.ParseInt(age, 36, 64); err == nil && n == m.age.Load() {
		m.all.Add(key, cached{value, n, time.Now().Add(keep)})
	}
}

func (m *memoryCache) Wrote(context.Context) { m.age.Add(1) }

func (m *memoryCache) Heard() { m.age.Add(1) }
