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

// rows are points of several series in columns.
type rows struct {
	ids          [][16]byte
	vms, metrics []string
	times        []int64
	values       []float64
}

// insertAll inserts the points if all of their times are new; otherwise nothing is done.
func (t *tx) insertAll(ctx context.Context, all []metric.Series, on store.OnConflict) (written []store.Written, news bool, err error) {
	var r rows
	written = make([]store.Written, len(all))
	for i, s := range all {
		b, err := merge.Arrange(s)
		if err != nil {
			return nil, false, err
		}
		var none merge.Stored
		err = b.Decide(0, len(b.Times), &none, on, &written[i], func(o merge.Outcome) error {
			r.ids, r.vms, r.metrics = append(r.ids, t.ids.next()), append(r.vms, s.VM), append(r.metrics, s.Metric)
			r.times, r.values = append(r.times, o.Time), append(r.values, o.Value)
			return nil
		})
		if err != nil {
			return nil, false, err
		}
		merge.SortRejected(&written[i])
	}
	if len(r.times) > mostAtOnce {
		return nil, false, nil
	}
	if err = t.room(ctx, slices.Sorted(slices.Values(r.times))); err != nil {
		return nil, false, err
	}
	if news, err = t.insertRows(ctx, r); !news || err != nil {
		return nil, false, err
	}
	for i, s := range all {
		t.stored += written[i].Stored
		b, _ := merge.Arrange(s) // it was right before
		t.touched.add(s.VM, b.Times)
	}
	return written, true, nil
}

func (t *tx) insertRows(ctx context.Context, r rows) (news bool, err error) {
	facts := t.s.layout.facts
	columns, values := facts.identity("u.id")
	var b pgx.Batch
	b.Queue("SAVEPOINT bulk")
	b.Queue(fmt.Sprintf(`INSERT INTO server_metrics_fact (%svm, metric, "timestamp", value)
		SELECT %su.vm, u.metric, u.at, u.value::numeric::%s FROM unnest($1::uuid[], $2::text[], $3::text[], $4::%s[], $5::text[]) u(id, vm, metric, at, value)
		ON CONFLICT (vm, "timestamp", metric) DO NOTHING`, columns, values, facts.columns["value"].exact, facts.time()), r.ids, r.vms, r.metrics, moments(r.times), texts(r.values)).Exec(func(tag pgconn.CommandTag) error {
		news = tag.RowsAffected() == int64(len(r.times))
		return nil
	})
	if err = t.conn.SendBatch(ctx, &b).Close(); news || err != nil {
		return news && err == nil, err
	}
	_, err = t.conn.Exec(ctx, "ROLLBACK TO bulk", pgx.QueryExecModeSimpleProtocol)
	return false, err
}

var _ store.BulkTx = (*tx)(nil)
