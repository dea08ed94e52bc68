package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aiops/app/auth"
	"aiops/app/config"
	"aiops/store"
	"aiops/store/cache"
	"aiops/store/postgres"
)

// LinkOptions say how a database with a local copy is opened.
type LinkOptions struct {
	Offline bool // only the copy
	Quiet   bool // a command's: nothing runs in the background
	Now     func() time.Time
}

// OpenLinked opens a database so that work goes on with a local copy while it
// is away. What is no server's database is opened as it is.
func OpenLinked(ctx context.Context, db string, o LinkOptions) (store.Store, error) {
	if !OnServer(db) {
		return OpenStore(ctx, db, false, o.Now)
	}
	s, err := OpenCopy(ctx, db, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// OpenCopy opens a database on a server with its local copy.
func OpenCopy(ctx context.Context, db string, o LinkOptions) (*cache.Store, error) {
	if !OnServer(db) {
		return nil, fmt.Errorf("only a database on a server has a local copy; name one with --db postgres://USER@HOST/DATABASE")
	}
	info, path, err := copyOf(db)
	if err != nil {
		return nil, err
	}
	limit, err := copyLimit()
	if err != nil {
		return nil, err
	}
	return cache.Open(ctx, cache.Options{Info: info, Path: path, Offline: o.Offline, Quiet: o.Quiet, Now: o.Now, Limit: limit,
		Remote: func(ctx context.Context) (store.Store, error) { return OpenStore(ctx, db, false, o.Now) }})
}

// copyOf is where the copy of a database is: named by its address.
func copyOf(db string) (store.Info, string, error) {
	info, err := describe(db)
	if err != nil {
		return info, "", err
	}
	dir, err := config.CacheDir()
	if err != nil {
		return info, "", err
	}
	sum := sha256.Sum256([]byte(info.Path))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, strings.NewReplacer("postgres://", "", "https://", "", "http://", "").Replace(info.Path))
	return info, filepath.Join(dir, fmt.Sprintf("%.60s-%x.db", name, sum[:6])), nil
}

// describe is what a database on a server is called.
func describe(db string) (store.Info, error) {
	if !IsService(db) {
		return postgres.Describe(db)
	}
	u, err := url.Parse(db)
	if err != nil || u.Host == "" || u.User != nil {
		return store.Info{}, errService
	}
	if u.Scheme == "http" && !auth.Loopback(u.Hostname()) {
		return store.Info{}, fmt.Errorf("%s is not encrypted, and the token would be read on the way: use https", db)
	}
	return store.Info{Name: u.Hostname(), Kind: "Service", Path: strings.TrimSuffix(db, "/")}, nil
}

// copyLimit is how many bytes a copy may take: AIOPS_CACHE_LIMIT in MB, or the usual limit.
func copyLimit() (int64, error) {
	text := os.Getenv("AIOPS_CACHE_LIMIT")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > 1<<40 {
		return 0, fmt.Errorf("AIOPS_CACHE_LIMIT=%s: write the megabytes that a local copy may take, such as 2048", text)
	}
	return n << 20, nil
}
