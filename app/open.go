package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/sqlite"
)

// OpenStore opens the database that a `--db` value names: sqlite:PATH, just a
// path, postgres://USER@HOST/DATABASE, or https://HOST of a service that hands
// out logins to its database.
func OpenStore(ctx context.Context, db string, readOnly bool, now func() time.Time) (store.Store, error) {
	scheme, path, found := strings.Cut(db, ":")
	switch {
	case !found || len(scheme) == 1: // a bare path, also C:\x.db
		path = db
	case IsService(db):
		return openRemote(ctx, db, readOnly, now)
	case IsPostgres(db):
		return postgres.Open(ctx, db, postgresOptions(readOnly, now))
	case scheme != "sqlite":
		return nil, fmt.Errorf("--db %s:…: unknown kind of database %q; use sqlite:PATH or postgres://USER@HOST/DATABASE", scheme, scheme)
	}
	if path == "" {
		return nil, fmt.Errorf("--db %q names no file; use sqlite:PATH", db)
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("open database %s: %w", db, err)
		}
		path = filepath.Join(home, rest)
	}
	return sqlite.Open(ctx, path, sqlite.Options{ReadOnly: readOnly, Now: now})
}

// IsPostgres reports whether a `--db` value names a Postgres database.
func IsPostgres(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}
