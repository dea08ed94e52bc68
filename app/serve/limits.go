package serve

import (
	"math"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Limiter says whether a client may ask once more. An implementation that
// cannot tell lets everybody in.
type Limiter interface {
	Allow(client, class, route string) (wait time.Duration, ok bool)
}

// memoryLimiter keeps a bucket a client and route for those that came last.
type memoryLimiter struct {
	mu      sync.Mutex
	buckets *lru.Cache[string, *rate.Limiter]
	rates   map[string]float64
}

// mostClients is how many clients' buckets are kept.
const mostClients = 20_000

// NewMemoryLimiter limits rates inside this process.
func NewMemoryLimiter(l Limits) Limiter {
	buckets, _ := lru.New[string, *rate.Limiter](mostClients) // its size is positive
	return &memoryLimiter{buckets: buckets, rates: map[string]float64{string(reads): l.Read, string(writes): l.Write, string(heavy): l.Heavy}}
}

// Allow takes from the client's bucket, which holds two seconds' worth.
func (m *memoryLimiter) Allow(client, class, route string) (time.Duration, bool) {
	limit := m.rates[class]
	if limit <= 0 {
		return 0, true
	}
	b := m.bucket(client+"\x00"+route, limit)
	r := b.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return wait, false
	}
	return 0, true
}

func (m *memoryLimiter) bucket(name string, limit float64) *rate.Limiter {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.buckets.Get(name)
	if !ok {
		b = rate.NewLimiter(rate.Limit(limit), int(math.Ceil(2*limit)))
		m.buckets.Add(name, b)
	}
	return b
}
