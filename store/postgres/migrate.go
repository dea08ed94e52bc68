package postgres

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Keys of the advisory locks that the programs of this kind share.
const (
	lockMigrate = 0x41494F50_01 // "AIOP"
	lockWrite   = 0x41494F50_02
	lockSettle  = 0x41494F50_03
	lockPredict = 0x41494F50_04
)

// Migrate creates or brings up to date what this program needs in a database.
// With track, a facts' table that others made gets the triggers that note
// changes, so that catalog and wide ranges are as fast as in a table of ours.
func Migrate(ctx context.Context, url string, o Options, track bool) (Status, error) {
	return migrating(ctx, url, o, func(s *Store) error { return s.migrate(ctx, track) })
}

// migrating changes how a database is made and tells how it is then.
func migrating(ctx context.Context, url string, o Options, change func(*Store) error) (Status, error) {
	o.ReadOnly = false
	s, err := connect(ctx, url, o)
	if err != nil {
		return Status{}, err
	}
	defer s.Close()
	if err := s.known(); err != nil {
		return Status{}, err
	}
	if err := change(s); err != nil {
		return Status{}, err
	}
	if err := s.layout.check(s.where); err != nil {
		return Status{}, err
	}
	if s.layout.tracked {
		if err := s.settle(ctx); err != nil {
			return Status{}, err
		}
	}
	return s.status(ctx)
}

// known refuses a database of a newer version of this program.
func (s *Store) known() error {
	if s.layout.format > latest {
		return refuse(store.ErrNewer, "%s was written by a newer version of this program (format %d, this one knows %d). Install the newer version, or choose another database with --db", s.where, s.layout.format, latest)
	}
	return nil
}

// migrate runs what is missing in one transaction, one program at a time.
func (s *Store) migrate(ctx context.Context, track bool) error {
	err := s.within(ctx, fmt.Sprintf("BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(%d)", lockMigrate), "COMMIT", func(c *pgx.Conn) error {
		l, err := readLayout(ctx, c) // another program may have done it
		if err != nil {
			return err
		}
		if err := bringUp(ctx, c, l, track); err != nil {
			return err
		}
		if s.layout, err = readLayout(ctx, c); err == nil && s.layout.facts.managed {
			err = s.manage(ctx, c)
		}
		return err
	})
	return s.convert(ctx, "create the tables", err)
}

func bringUp(ctx context.Context, c *pgx.Conn, l layout, track bool) error {
	// A user who is called aiops has the schema of this name first: the shared tables do not belong there.
	_, err := c.Exec(ctx, `SELECT set_config('search_path', string_agg(quote_ident(s), ', '), true) FROM unnest(current_schemas(false)) s
		WHERE s <> 'aiops' HAVING count(*) > 0`)
	if err != nil {
		return err
	}
	for v := l.format + 1; v <= latest; v++ {
		if err := runFile(ctx, c, fmt.Sprintf("%05d_aiops.sql", v)); err != nil {
			return err
		}
		_, err := c.Exec(ctx, fmt.Sprintf(`CREATE TABLE IF NOT EXISTS aiops.migrations (version integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now());
			INSERT INTO aiops.migrations VALUES (%d)`, v), pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return err
		}
	}
	if !l.facts.there {
		if err := runFile(ctx, c, "facts.sql"); err != nil {
			return err
		}
	}
	if !l.pred.there {
		if err := runFile(ctx, c, "predictions.sql"); err != nil {
			return err
		}
	}
	if !l.tracked && (track || !l.facts.there) {
		return runFile(ctx, c, "track.sql")
	}
	return nil
}

func runFile(ctx context.Context, c *pgx.Conn, name string) error {
	text, err := migrations.ReadFile("migrations/" + name)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, string(text), pgx.QueryExecModeSimpleProtocol)
	return err
}
