package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	applicationID = 0x41494F50 // "AIOP", in the header of every database of this program
	latest        = 6          // number of the last migration; each sets user_version to its own
)

// migrate brings the database to the latest format. Another process may be
// doing the same: then the loser looks again.
func (s *Store) migrate(ctx context.Context) error {
	var err error
	for range 5 {
		if err = migrateUp(ctx, s.writer); err == nil {
			return nil
		}
		if v, e := s.version(ctx); e != nil || v == latest {
			return e
		}
	}
	return convert(ctx, s.path, "bring the database up to date", err)
}

func migrateUp(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	_, err = p.Up(ctx)
	return err
}
