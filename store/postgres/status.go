package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// Status tells what state a database is in.
type Status struct {
	Where          string         // no secrets
	Server         string         // its version
	Format, Latest int            // of schema aiops; 0: not there
	Facts, Tracked bool           // the facts' table is there; changes by others are noted
	Indexed        bool           // there is an index for ranges of one series
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
		if err == nil && st.Facts {
			err = c.QueryRow(ctx, indexed).Scan(&st.Indexed)
		}
		if err == nil && st.Tracked {
			var known int64 // the planner knows nothing of a young table
			err = c.QueryRow(ctx, `SELECT (SELECT count(*) FROM aiops.changes), (SELECT coalesce(sum(count), 0)::bigint FROM aiops.series)`).Scan(&st.Pending, &known)
			st.Rows = max(st.Rows, known)
		}
		return err
	}))
	st.Open, _, st.Most = s.Connections()
	if errors.Is(err, store.ErrReadOnly) { // a role that may only look at the facts
		err = nil
	}
	return st, err
}
