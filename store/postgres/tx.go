package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"aiops/metric"
	"aiops/store"
)

// tx is a write. One goroutine uses it at a time, besides Close.
type tx struct {
	s       *Store
	using   sync.Mutex
	used    time.Time // when something was last done
	pooled  *pgxpool.Conn
	conn    *pgx.Conn
	journal int64
	ids     *idSource
	touched spans                       // what was written
	wrote   map[metric.Key]metric.Range // where points of a series were added without looking
	managed bool                        // partitions are made by this program
	months  months                      // the partitions that there are
	staged  bool                        // the staging table has been used
	stored  int64
	err     error
	done    bool
}

// Begin waits for its turn among the programs that write, notes the origin in
// the journal and starts the write.
func (s *Store) Begin(ctx context.Context, origin store.Origin) (store.Tx, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	t, err := s.start(ctx, origin)
	if err != nil {
		<-s.slot
		return nil, s.convert(ctx, "begin to write", err)
	}
	s.write.Store(t)
	return t, nil
}

func (s *Store) start(ctx context.Context, origin store.Origin) (*tx, error) {
	if !s.layout.facts.unique {
		return nil, s.noUnique()
	}
	if origin.Began.IsZero() {
		origin.Began = s.now()
	}
	pooled, err := s.begin(ctx, fmt.Sprintf(`SET statement_timeout = 0; SELECT pg_advisory_lock(%d)`, lockWrite))
	if err != nil {
		return nil, err
	}
	t := &tx{s: s, pooled: pooled, conn: pooled.Conn(), ids: newIDSource(), used: time.Now(), touched: spans{}, wrote: map[metric.Key]metric.Range{}}
	err = t.note(ctx, origin)
	if err == nil && t.managed {
		t.months, err = readMonths(ctx, t.conn)
	}
	if err == nil { // other programs find the next month's partition
		now := s.now().UTC()
		err = t.room(ctx, []int64{now.UnixMicro(), now.AddDate(0, 1, 0).UnixMicro()})
	}
	if err != nil {
		discard(pooled) // with it goes the lock
		return nil, err
	}
	return t, nil
}

// note writes into the journal that a write begins, before it does: all in one
// message, as every one takes its time on the way.
func (t *tx) note(ctx context.Context, o store.Origin) error {
	var b pgx.Batch
	b.Queue("BEGIN")
	b.Queue(`INSERT INTO aiops.imports (source, began) VALUES ($1, $2) RETURNING id`, o.Source, o.Began.UnixMicro()).QueryRow(func(r pgx.Row) error { return r.Scan(&t.journal) })
	b.Queue(partitioning).QueryRow(func(r pgx.Row) error { return r.Scan(nil, &t.managed) }) // another program may have partitioned them since
	b.Queue("COMMIT")
	b.Queue("BEGIN")
	for _, statement := range t.s.layout.facts.temporary() {
		b.Queue(statement)
	}
	if t.s.layout.tracked {
		b.Queue("SET LOCAL aiops.settles = 'on'")
	}
	return t.conn.SendBatch(ctx, &b).Close()
}

func (s *Store) noUnique() error {
	return refuse(store.ErrForeign, `%s: table server_metrics_fact has no unique (vm, timestamp, metric), so that points written twice would be there twice. Add it: CREATE UNIQUE INDEX ON server_metrics_fact (vm, "timestamp", metric)`, s.where)
}

// use keeps Close away while something is done; what it returns is called afterwards.
func (t *tx) use() func() {
	t.using.Lock()
	return func() {
		t.used = time.Now()
		t.using.Unlock()
	}
}

// abandoned undoes a write that nobody has gone on with for a while.
func (t *tx) abandoned() {
	if !t.using.TryLock() {
		return
	}
	defer t.using.Unlock()
	if time.Since(t.used) > idle {
		_ = t.rollback() // it is gone with the connection otherwise
	}
}

// fail remembers the first error: after it the write can only be rolled back.
func (t *tx) fail(err error) error {
	if err != nil && t.err == nil {
		t.err = err
	}
	return err
}

var errDone = errors.New("the write has ended already")

// Commit stores the write. After an error of Write or Annotate it rolls back
// and returns that error.
func (t *tx) Commit() error {
	defer t.use()()
	if t.done {
		return errDone
	}
	ctx := context.Background()
	if t.err == nil {
		t.err = t.s.convert(ctx, "save points", t.finish(ctx))
	}
	if t.err != nil {
		return errors.Join(t.err, t.rollback())
	}
	_, err := t.conn.Exec(ctx, fmt.Sprintf("UPDATE aiops.imports SET finished = %d, stored = %d WHERE id = %d; COMMIT;", t.s.now().UnixMicro(), t.stored, t.journal)+unlock, pgx.QueryExecModeSimpleProtocol)
	if err == nil {
		t.s.wrote(t.conn)
		t.done = true
		t.pooled.Release()
		<-t.s.slot
		return nil
	}
	t.done = true
	discard(t.pooled)
	<-t.s.slot
	if !lost(err) {
		return t.s.convert(ctx, "save points", err)
	}
	return t.unanswered(err)
}

// unanswered looks up what became of a COMMIT whose answer was lost.
func (t *tx) unanswered(err error) error {
	stored, e := t.s.settled(t.journal)
	switch {
	case e != nil:
		return refuse(store.ErrAway, "save points: the connection to %s broke in the last moment, and it does not come back to tell whether this is stored. Send it again later: what is there already changes nothing", t.s.where.server())
	case stored:
		return nil
	}
	return t.s.convert(context.Background(), "save points", err)
}

// finish takes what was written into catalog and roll-ups.
func (t *tx) finish(ctx context.Context) error {
	if !t.s.layout.tracked || len(t.touched) == 0 {
		return nil
	}
	return t.s.takeIn(ctx, t.conn, t.touched)
}

// Rollback undoes the write and takes it out of the journal. Where the
// connection is broken the server has undone it.
func (t *tx) Rollback() error {
	defer t.use()()
	return t.rollback()
}

func (t *tx) rollback() error {
	if t.done {
		return nil
	}
	ctx := context.Background()
	if _, err := t.conn.Exec(ctx, "ROLLBACK", pgx.QueryExecModeSimpleProtocol); err != nil {
		t.done = true
		discard(t.pooled)
		<-t.s.slot
		if lost(err) {
			return nil
		}
		return t.s.convert(ctx, "undo the write", err)
	}
	_, err := t.conn.Exec(ctx, `DELETE FROM aiops.imports WHERE id = $1`, t.journal)
	t.release()
	return t.s.convert(ctx, "undo the write", err)
}

// unlock lets the next one write.
var unlock = fmt.Sprintf(`SELECT pg_advisory_unlock(%d); RESET statement_timeout`, lockWrite)

// release gives the turn and the connection back.
func (t *tx) release() {
	t.done = true
	_, err := t.conn.Exec(context.Background(), unlock, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		discard(t.pooled)
	} else {
		t.pooled.Release()
	}
	<-t.s.slot
}
