package cli

import (
	"crypto/sha256"
	"fmt"
	"log/slog"

	"aiops/app/serve"
	"aiops/app/serve/redisshare"
	"aiops/store"
)

// share makes the cache and the limits those that instances share through Redis.
// The process keeps the connections until it ends.
func (c *serveCmd) share(st store.Store, log *slog.Logger, o *serve.Options) error {
	if c.Redis == "" {
		return nil
	}
	info := st.Info()
	database := sha256.Sum256([]byte(info.Kind + "\x00" + info.Path))
	link, err := redisshare.Open(c.Redis, redisshare.Options{Namespace: fmt.Sprintf("%x", database[:6]), Log: log})
	if err != nil {
		return usageError{fmt.Errorf("--redis: %w", err)}
	}
	o.Cache = redisshare.NewCache(link)
	o.Limiter = redisshare.NewLimiter(link, map[string]float64{"read": c.RateRead, "write": c.RateWrite, "heavy": c.RateHeavy})
	return nil
}
