package serve

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Cache keeps answers that took long to make. One that fails is as good as empty.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, keep time.Duration)
}

type memoryCache struct {
	all *lru.Cache[string, cached]
}

type cached struct {
	value []byte
	until time.Time
}

// NewMemoryCache keeps the last answers in this process.
func NewMemoryCache(most int) Cache {
	all, _ := lru.New[string, cached](max(1, most)) // its size is positive
	return memoryCache{all}
}

func (m memoryCache) Get(_ context.Context, key string) ([]byte, bool) {
	c, ok := m.all.Get(key)
	if !ok || time.Now().After(c.until) {
		return nil, false
	}
	return c.value, true
}

func (m memoryCache) Put(_ context.Context, key string, value []byte, keep time.Duration) {
	m.all.Add(key, cached{value, time.Now().Add(keep)})
}
