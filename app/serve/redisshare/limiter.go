package redisshare

import (
	"context"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

// Limiter limits rates of each client and route over all instances.
type Limiter struct {
	link  *Link
	rates map[string]float64
	local *lru.Cache[string, *rate.Limiter]
}

// mostClients is how many clients are told apart while Redis is away.
const mostClients = 20_000

// NewLimiter takes requests a second by class; a class without a rate is not
// limited. A client may ask two seconds' worth at once. While Redis is away,
// each instance limits for itself.
func NewLimiter(l *Link, rates map[string]float64) *Limiter {
	local, _ := lru.New[string, *rate.Limiter](mostClients) // its size is positive
	return &Limiter{link: l, rates: rates, local: local}
}

// take is the generic cell rate algorithm, with Redis' clock: the key holds when
// the bucket is empty again. It returns how many microseconds to wait; 0: go on.
var take = redis.NewScript(`
local clock = redis.call('TIME')
local now, interval, burst = clock[1] * 1000000 + clock[2], tonumber(ARGV[1]), tonumber(ARGV[2])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval
if empty - burst * interval > now then
  return math.ceil(empty - burst * interval - now)
end
redis.call('SET', KEYS[1], string.format('%.0f', empty), 'PX', math.ceil((empty - now) / 1000) + 1)
return 0`)

// Allow says whether a client may ask once more, and otherwise when.
func (l *Limiter) Allow(client, class, route string) (wait time.Duration, ok bool) {
	limit := l.rates[class]
	if limit <= 0 {
		return 0, true
	}
	burst := int(math.Ceil(2 * limit))
	var us int64
	err := l.link.do(context.Background(), func(ctx context.Context) (err error) {
		us, err = take.Run(ctx, l.link.client, []string{l.link.key("rate", route, client)}, 1e6/limit, burst).Int64()
		return err
	})
	if err != nil {
		return l.alone(client+"\x00"+route, limit, burst)
	}
	return time.Duration(us) * time.Microsecond, us == 0
}

// alone limits in this process.
func (l *Limiter) alone(name string, limit float64, burst int) (time.Duration, bool) {
	b, ok := l.local.Get(name)
	if !ok {
		fresh := rate.NewLimiter(rate.Limit(limit), burst)
		if b, ok, _ = l.local.PeekOrAdd(name, fresh); !ok {
			b = fresh
		}
	}
	r := b.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return wait, false
	}
	return 0, true
}
