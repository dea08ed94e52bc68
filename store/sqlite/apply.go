package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// Apply does a change that was made elsewhere, once.
func (s *Store) Apply(ctx context.Context, c store.Change, force bool) (id int64, err error) {
	err = s.writing(ctx, "save a change", func(conn *sql.Conn) error {
		err := conn.QueryRowContext(ctx, `SELECT result FROM applied WHERE op = ?`, c.Op).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if !force {
			if err := unchanged(ctx, conn, c); err != nil {
				return err
			}
		}
		if id, err = s.perform(ctx, conn, c, 0); err != nil {
			return err
		}
		_, err = conn.ExecContext(ctx, `INSERT INTO applied VALUES (?, ?, ?)`, c.Op, id, s.now().UnixMicro())
		return err
	})
	return id, err
}

// unchanged reports ErrConflict where something is neither as it was when it
// was changed, nor as it is to be.
func unchanged(ctx context.Context, conn *sql.Conn, c store.Change) error {
	var same bool
	var err error
	switch {
	case c.NoteWas != nil:
		same, err = like(ctx, conn, `SELECT (vm, metric, start_us, end_us, kind, text) = (?, ?, ?, ?, ?, ?) FROM annotations WHERE id = ?`, c.ID, noteValues(c.NoteWas), noteValues(c.Note))
	case c.SilenceWas != nil:
		var wanted []any
		if c.Silence != nil {
			wanted = silenceValues(*c.Silence)
		}
		same, err = like(ctx, conn, `SELECT (rule, vm, metric, severity, start_us, end_us, recurs, weekdays, begin_min, end_min, zone, comment) =
			(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) FROM silences WHERE id = ?`, c.ID, silenceValues(*c.SilenceWas), wanted)
	default:
		return newest(ctx, conn, c.Predictions)
	}
	if errors.Is(err, sql.ErrNoRows) && c.Note == nil && c.Silence == nil {
		return nil // both deleted it
	}
	if errors.Is(err, sql.ErrNoRows) || err == nil && !same {
		return store.ErrConflict
	}
	return err
}

// like reports whether the row with the ID has one of the lists of values; nil is none.
func like(ctx context.Context, conn *sql.Conn, query string, id int64, lists ...[]any) (bool, error) {
	for _, values := range lists {
		var same bool
		if values == nil {
			continue
		}
		if err := conn.QueryRowContext(ctx, query, append(values, id)...).Scan(&same); err != nil || same {
			return same, err
		}
	}
	return false, nil
}

func noteValues(a *metric.Annotation) []any {
	if a == nil {
		return nil
	}
	return []any{a.VM, a.Metric, a.From, a.To, a.Kind, a.Text}
}

// newest reports ErrConflict where a newer prediction is there.
func newest(ctx context.Context, conn *sql.Conn, all []metric.Prediction) error {
	for _, p := range all {
		var later bool
		err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM runs r JOIN series s ON s.id = r.series_id WHERE s.vm = ? AND s.metric = ? AND r.made > ?)`,
			p.VM, p.Metric, p.Made).Scan(&later)
		if err != nil {
			return err
		}
		if later {
			return store.ErrConflict
		}
	}
	return nil
}

// perform does a change inside a transaction. What is new gets the ID -queued,
// or the next one for 0.
func (s *Store) perform(ctx context.Context, conn *sql.Conn, c store.Change, queued int64) (int64, error) {
	own := sql.NullInt64{Int64: -queued, Valid: queued != 0}
	id := sql.NullInt64{Int64: c.ID, Valid: true}
	if c.ID == 0 {
		id = own
	}
	switch {
	case c.Note != nil:
		return putRow(ctx, conn, `INTO annotations (vm, metric, start_us, end_us, kind, text, id) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`, c.ID == 0, id, noteValues(c.Note)...)
	case c.NoteWas != nil:
		return c.ID, deleteRow(ctx, conn, "annotations", c.ID, queued == 0)
	case c.Silence != nil:
		return putRow(ctx, conn, `INTO silences (rule, vm, metric, severity, start_us, end_us, recurs, weekdays, begin_min, end_min, zone, comment, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, c.ID == 0, id, silenceValues(*c.Silence)...)
	case c.SilenceWas != nil:
		return c.ID, deleteRow(ctx, conn, "silences", c.ID, queued == 0)
	case len(c.Transitions) > 0:
		for _, t := range c.Transitions {
			if err := errors.Join(merge.CheckTransition(t), insertTransition(ctx, conn, t)); err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
	return 0, performPredictions(ctx, conn, c.Predictions)
}

func putRow(ctx context.Context, conn *sql.Conn, into string, isNew bool, id sql.NullInt64, values ...any) (out int64, err error) {
	how := "INSERT OR REPLACE "
	if isNew {
		how = "INSERT "
	}
	err = conn.QueryRowContext(ctx, how+into, append(values, id)...).Scan(&out)
	return out, err
}

func deleteRow(ctx context.Context, conn *sql.Conn, table string, id int64, absentIsFine bool) error {
	err := conn.QueryRowContext(ctx, `DELETE FROM `+table+` WHERE id = ? RETURNING id`, id).Scan(&id)
	if absentIsFine && errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return found(err)
}

func performPredictions(ctx context.Context, conn *sql.Conn, all []metric.Prediction) error {
	for _, p := range all {
		if err := merge.CheckPrediction(p); err != nil {
			return err
		}
	}
	w := newForecastWriter(conn)
	defer w.close()
	return w.putAll(ctx, all)
}
