package cli

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

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
	link, err := c.redis(fmt.Sprintf("%x", database[:6]), log, 0)
	if err != nil {
		return usageError{err}
	}
	o.Cache = redisshare.NewCache(link)
	o.Limiter = redisshare.NewLimiter(link, map[string]float64{"read": c.RateRead, "write": c.RateWrite, "heavy": c.RateHeavy})
	return nil
}

// redis is the link to Redis; nothing is asked yet.
func (c *serveCmd) redis(namespace string, log *slog.Logger, timeout time.Duration) (*redisshare.Link, error) {
	password := ""
	if c.RedisPassword != "" {
		text, err := os.ReadFile(c.RedisPassword)
		if err != nil {
			return nil, fmt.Errorf("--redis-password-file: %w", err)
		}
		password = strings.TrimSpace(string(text))
	}
	link, err := redisshare.Open(c.Redis, redisshare.Options{Namespace: namespace, Password: password, Log: log, Timeout: timeout})
	if err != nil {
		return nil, fmt.Errorf("--redis: %w", err)
	}
	return link, nil
}
