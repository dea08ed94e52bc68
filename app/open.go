package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aiops/store"
	"aiops/store/sqlite"
)

// OpenStore opens the database that a `--db` value names: sqlite:PATH, or just
// a path.
func OpenStore(ctx context.Context, db string, readOnly bool, now func() time.Time) (store.Store, error) {
	scheme, path, found := strings.Cut(db, ":")
	switch {
	case !found || len(scheme) == 1: // a bare path, also C:\x.db
		path = db
	case scheme == "postgres" || scheme == "postgresql":
		return nil, fmt.Errorf("--db %s: Postgres is not supported yet; use sqlite:PATH", scheme+"://…")
	case scheme != "sqlite":
		return nil, fmt.Errorf("--db %q: unknown kind of database %q; use sqlite:PATH", db, scheme)
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
