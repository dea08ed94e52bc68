package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// mostAtOnce is the number of points of many series that go in one statement.
const mostAtOnce = 20_000

// WriteAll merges points of many series. Where none of their times is there, as
// is usual, one statement inserts them all; otherwise each series has its own.
func (t *tx) WriteAll(ctx context.Context, all []metric.Series, on store.OnConflict) ([]store.Written, error) {
	defer t.use()()
	if t.done {
		return nil, errDone
	}
	if t.err != nil {
		return nil, t.err
	}
	written, news, err := t.insertAll(ctx, all, on)
	if err != nil {
		return nil, t.fail(t.s.convert(ctx, "write points", err))
	}
	if news {
		return written, nil
	}
	written = make([]store.Written, len(all))
	for i, s := range all {
		if written[i], err = t.write(ctx, s, on); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// insertAll inserts the points if all of their times are new; otherwise nothing is done.
func (t *tx) insertAll(ctx context.Context, all []metric.Series, on store.OnConflict) (written []store.Written, news bool, err error) {
	r := newRows(t.s.layout.facts.time())
	var times []int64
	batches := make([]merge.Batch, len(all))
	written = make([]store.Written, len(all))
	for i, s := range all {
		if batches[i], err = merge.Arrange(s); err != nil {
			return nil, false, err
		}
		var none merge.Stored
		err = batches[i].Decide(0, len(batches[i].Times), &none, on, &written[i], func(o merge.Outcome) error {
			r.add(t.ids.next(), s.Key, o.Time, o.Value)
			times = append(times, o.Time)
			return nil
		})
		if err != nil {
			return nil, false, err
		}
		merge.SortRejected(&written[i])
	}
	if len(times) > mostAtOnce {
		return nil, false, nil
	}
	slices.Sort(times)
	if err = t.room(ctx, times); err != nil {
		return nil, false, err
	}
	if news, err = t.insertRows(ctx, r); !news || err != nil {
		return nil, false, err
	}
	for i, s := range all {
		t.stored += written[i].Stored
		t.touched.add(s.VM, batches[i].Times)
	}
	return written, true, nil
}

func (t *tx) insertRows(ctx context.Context, r *rows) (news bool, err error) {
	facts := t.s.layout.facts
	columns, values := facts.identity("u.id")
	statement := fmt.Sprintf(`INSERT INTO server_metrics_fact (%svm, metric, "timestamp", value)
		SELECT %su.vm, u.metric, u.at, u.value::%s FROM unnest($1::uuid[], $2::text[], $3::text[], $4::%s[], $5::numeric[]) u(id, vm, metric, at, value)
		ON CONFLICT (vm, "timestamp", metric) DO NOTHING`, columns, values, facts.columns["value"].exact, facts.time())
	prepared, err := t.conn.Prepare(ctx, statement, statement)
	if err != nil {
		return false, err
	}
	b := &pgconn.Batch{}
	b.ExecParams("SAVEPOINT bulk", nil, nil, nil, nil)
	b.ExecPrepared(prepared.Name, r.arrays(), []int16{pgx.BinaryFormatCode}, nil)
	results, err := t.conn.PgConn().ExecBatch(ctx, b).ReadAll()
	if err != nil {
		return false, err
	}
	if results[len(results)-1].CommandTag.RowsAffected() == int64(r.n) {
		return true, nil
	}
	_, err = t.conn.Exec(ctx, "ROLLBACK TO bulk", pgx.QueryExecModeSimpleProtocol)
	return false, err
}

var _ store.BulkTx = (*tx)(nil)
