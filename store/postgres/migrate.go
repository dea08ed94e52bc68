package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

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
		s.layout, err = readLayout(ctx, c)
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

// Status tells what state a database is in.
type Status struct {
	Where          string         // no secrets
	Server         string         // its version
	Format, Latest int            // of schema aiops; 0: not there
	Facts, Tracked bool           // the facts' table is there; changes by others are noted
	Partitions     int            // of the facts; 0: they are one table
	Months         bool           // made by this program
	Pending        int64          // noted changes that are not taken in yet
	Rows           int64          // of the facts, estimated by the server
	Bytes          int64          // of the facts with their indexes
	Open, Most     int            // this program's connections
	Used, Allowed  int            // the server's connections
	Replica        *ReplicaStatus // nil: none
}

// ReplicaStatus tells what state a replica is in.
type ReplicaStatus struct {
	Where      string
	Trouble    error // why it is not read
	Standby    bool
	Lag        time.Duration
	Open, Most int // this program's connections
}

func (s *Store) replicaStatus(ctx context.Context) *ReplicaStatus {
	r := s.replica
	if r == nil {
		return nil
	}
	st := &ReplicaStatus{Where: r.where.String()}
	soon, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := s.first(soon, r.pool, "")
	if err == nil {
		var state replicaState
		state, err = s.ask(soon, conn.Conn())
		st.Standby, st.Lag = state.standby, state.lag
		conn.Release()
	}
	at := &Store{where: r.where}
	st.Trouble = at.convert(ctx, "ask the replica", err)
	st.Open, st.Most = int(r.pool.Stat().TotalConns()), int(r.pool.Config().MaxConns)
	return st
}

// Look tells the state of the database and changes nothing.
func Look(ctx context.Context, url string, o Options) (Status, error) {
	o.ReadOnly = true
	s, err := connect(ctx, url, o)
	if err != nil {
		return Status{}, err
	}
	defer s.Close()
	return s.status(ctx)
}

func (s *Store) status(ctx context.Context) (Status, error) {
	st := Status{Where: s.where.String(), Format: s.layout.format, Latest: latest, Facts: s.layout.facts.there, Tracked: s.layout.tracked, Months: s.layout.facts.managed}
	st.Replica = s.replicaStatus(ctx)
	err := s.convert(ctx, "ask the server for its state", s.within(ctx, snapshot, "ROLLBACK", func(c *pgx.Conn) error {
		err := c.QueryRow(ctx, `SELECT current_setting('server_version'), current_setting('max_connections')::int,
			(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')`).Scan(&st.Server, &st.Allowed, &st.Used)
		if err == nil && st.Facts {
			err = c.QueryRow(ctx, `SELECT coalesce(sum(greatest(reltuples, 0)) FILTER (WHERE relkind <> 'p'), 0)::bigint, sum(pg_total_relation_size(oid))::bigint, count(*) - 1 FROM pg_class
				WHERE oid = to_regclass('server_metrics_fact') OR oid IN (SELECT relid FROM pg_partition_tree(to_regclass('server_metrics_fact')))`).Scan(&st.Rows, &st.Bytes, &st.Partitions)
		}
		if err == nil && st.Tracked {
			err = c.QueryRow(ctx, `SELECT count(*) FROM aiops.changes`).Scan(&st.Pending)
		}
		return err
	}))
	st.Open, _, st.Most = s.Connections()
	if errors.Is(err, store.ErrReadOnly) { // a role that may only look at the facts
		err = nil
	}
	return st, err
}
