package postgres

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"aiops/metric"
	"aiops/store/merge"
)

// patience is how long a server that is just starting is waited for.
const patience = 5 * time.Second

// begin runs the first statement of some work on a connection that answers it:
// connections that died with an earlier server are thrown away.
func (s *Store) begin(ctx context.Context, first string) (*pgxpool.Conn, error) {
	return s.first(ctx, s.pool, first)
}

func (s *Store) first(ctx context.Context, pool *pgxpool.Pool, first string) (*pgxpool.Conn, error) {
	deadline := time.Now().Add(patience)
	dead := 0
	for wait := 20 * time.Millisecond; ; {
		conn, err := pool.Acquire(ctx)
		if err == nil {
			if _, err = conn.Exec(ctx, first, pgx.QueryExecModeSimpleProtocol); err == nil {
				return conn, nil
			}
			discard(conn)
			if dead++; lost(err) && ctx.Err() == nil && dead <= int(pool.Config().MaxConns) {
				continue // the pool has one less of them
			}
		}
		if !starting(err) || time.Now().After(deadline) {
			return nil, err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// discard closes a connection whose state is not known; the server undoes what
// was open on it.
func discard(conn *pgxpool.Conn) {
	soon, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Conn().Close(soon) // there is nothing left to save
	conn.Release()
}

// snapshot begins to read from one state of the database.
const snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

// reading runs f on one snapshot of the database: on the replica if that will
// do, otherwise, or where it fails there, on the primary server. So f may run twice.
func (s *Store) reading(ctx context.Context, doing string, f func(*pgx.Conn) error) error {
	if conn := s.onReplica(ctx, snapshot); conn != nil {
		err := s.upTo(ctx, conn, "ROLLBACK", f)
		if err == nil || ctx.Err() != nil || code(err) == "57014" {
			return s.convert(ctx, doing, err)
		}
		s.replica.rest()
	}
	return s.convert(ctx, doing, s.within(ctx, snapshot, "ROLLBACK", f))
}

// writing runs f in a transaction.
func (s *Store) writing(ctx context.Context, doing string, f func(*pgx.Conn) error) error {
	if err := s.writable(); err != nil {
		return err
	}
	return s.convert(ctx, doing, s.within(ctx, "BEGIN", "COMMIT", f))
}

func (s *Store) within(ctx context.Context, begin, end string, f func(*pgx.Conn) error) error {
	conn, err := s.begin(ctx, begin)
	if err != nil {
		return err
	}
	return s.upTo(ctx, conn, end, f)
}

// upTo runs f in the open transaction and ends it.
func (s *Store) upTo(ctx context.Context, conn *pgxpool.Conn, end string, f func(*pgx.Conn) error) error {
	err := f(conn.Conn())
	if err != nil {
		end = "ROLLBACK"
	}
	if _, e := conn.Exec(context.WithoutCancel(ctx), end, pgx.QueryExecModeSimpleProtocol); e != nil {
		discard(conn)
		if err == nil {
			err = e
		}
		return err
	}
	if end == "COMMIT" {
		s.wrote(conn.Conn())
	}
	conn.Release()
	return err
}

// each runs a query and hands out its rows as they came over the wire.
func each(ctx context.Context, c *pgx.Conn, query string, args []any, f func(row [][]byte) error) error {
	rows, err := c.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for _, d := range rows.FieldDescriptions() {
		if d.Format != pgx.BinaryFormatCode {
			return errors.New("the connection does not use the binary protocol; leave default_query_exec_mode=simple_protocol out of the database's address")
		}
	}
	for rows.Next() {
		if err := f(rows.RawValues()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// epoch is 2000-01-01, from which Postgres counts microseconds.
const epoch = 946_684_800_000_000

// micros, float and integer read binary values; an absent number is NaN.
func micros(b []byte) int64 { return integer(b) + epoch }

func integer(b []byte) int64 {
	var v uint64
	for _, x := range b {
		v = v<<8 | uint64(x)
	}
	return int64(v)
}

func float(b []byte) float64 {
	if len(b) != 8 {
		return math.NaN()
	}
	return math.Float64frombits(uint64(integer(b)))
}

// bounds are a range's ends as parameters.
func bounds(r metric.Range) (from, to time.Time) {
	return metric.Time(max(r.From, -merge.MaxTime)), metric.Time(min(r.To, merge.MaxTime))
}

func orAll(r metric.Range) metric.Range {
	if r == (metric.Range{}) {
		return metric.All
	}
	return r
}
