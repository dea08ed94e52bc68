package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// Apply does a change that was made elsewhere, once.
func (s *Store) Apply(ctx context.Context, c store.Change, force bool) (id int64, err error) {
	for _, p := range c.Predictions {
		if err := merge.CheckPrediction(p); err != nil {
			return 0, err
		}
	}
	if s.layout.format == 1 {
		return 0, refuse(store.ErrReadOnly, "%s lacks table aiops.applied, in which changes are noted so that none is done twice. Ask the database's owner to run `aiops db migrate` once", s.where)
	}
	err = s.writing(ctx, "save a change", func(conn *pgx.Conn) error {
		// Whoever sends the same change at the same time waits here.
		tag, err := conn.Exec(ctx, `INSERT INTO aiops.applied (op, result) VALUES ($1, 0) ON CONFLICT DO NOTHING`, c.Op)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return conn.QueryRow(ctx, `SELECT result FROM aiops.applied WHERE op = $1`, c.Op).Scan(&id)
		}
		if id, err = s.perform(ctx, conn, c, force); err != nil {
			return err
		}
		_, err = conn.Exec(ctx, `UPDATE aiops.applied SET result = $1 WHERE op = $2`, id, c.Op)
		return err
	})
	return id, err
}

func (s *Store) perform(ctx context.Context, conn *pgx.Conn, c store.Change, force bool) (int64, error) {
	r := row{table: "aiops.annotations", columns: []string{"vm", "metric", "start_us", "end_us", "kind", "text"}, id: c.ID}
	switch {
	case c.Note != nil || c.NoteWas != nil:
		return r.put(ctx, conn, noteValues(c.NoteWas), noteValues(c.Note), force)
	case c.Silence != nil || c.SilenceWas != nil:
		r.table, r.columns = "aiops.silences", silenceColumns
		return r.put(ctx, conn, silenceValues(c.SilenceWas), silenceValues(c.Silence), force)
	}
	if !force {
		for _, p := range c.Predictions {
			var later bool
			err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM aiops.runs WHERE vm = $1 AND metric = $2 AND made > $3)`, p.VM, p.Metric, p.Made).Scan(&later)
			if err != nil {
				return 0, err
			}
			if later {
				return 0, store.ErrConflict
			}
		}
	}
	return 0, s.predict(ctx, conn, c.Predictions)
}

// row is a row that a change is about.
type row struct {
	table   string
	columns []string
	id      int64
}

// put makes the row what it is to be, unless it is neither that nor as it was;
// no values are no row.
func (r row) put(ctx context.Context, c *pgx.Conn, was, wanted []any, force bool) (id int64, err error) {
	if r.id == 0 {
		err = c.QueryRow(ctx, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s) RETURNING id`, r.table, strings.Join(r.columns, ", "), numbers(1, len(wanted))), wanted...).Scan(&id)
		return id, err
	}
	there, same, err := r.is(ctx, c, was)
	if err == nil && there && !same && wanted != nil {
		_, same, err = r.is(ctx, c, wanted)
	}
	switch {
	case err != nil:
		return 0, err
	case !there && wanted == nil:
		return r.id, nil // both deleted it
	case !there || !same && !force:
		return 0, store.ErrConflict
	case wanted == nil:
		_, err = c.Exec(ctx, `DELETE FROM `+r.table+` WHERE id = $1`, r.id)
	default:
		_, err = c.Exec(ctx, fmt.Sprintf(`UPDATE %s SET (%s) = (%s) WHERE id = $%d`, r.table, strings.Join(r.columns, ", "), numbers(1, len(wanted)), len(wanted)+1), append(wanted, r.id)...)
	}
	return r.id, err
}

// is reports whether the row is there, and whether it has the values.
func (r row) is(ctx context.Context, c *pgx.Conn, values []any) (there, same bool, err error) {
	query := fmt.Sprintf(`SELECT (%s) = (%s) FROM %s WHERE id = $%d FOR UPDATE`, strings.Join(r.columns, ", "), numbers(1, len(values)), r.table, len(values)+1)
	if values == nil {
		query = `SELECT false FROM ` + r.table + ` WHERE id = $1 FOR UPDATE`
	}
	err = c.QueryRow(ctx, query, append(values, r.id)...).Scan(&same)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, false, nil
	}
	return err == nil, same, err
}

// numbers are parameters from $first on.
func numbers(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(all, ", ")
}

func noteValues(a *metric.Annotation) []any {
	if a == nil {
		return nil
	}
	return []any{a.VM, a.Metric, a.From, a.To, a.Kind, a.Text}
}

var silenceColumns = []string{"rule", "vm", "metric", "severity", "start_us", "end_us", "recurs", "weekdays", "begin_min", "end_min", "zone", "comment"}

func silenceValues(a *metric.Silence) []any {
	if a == nil {
		return nil
	}
	return []any{a.Rule, a.VM, a.Metric, a.Severity, a.From, a.To, a.Recurs, a.Weekdays, a.Begin, a.End, a.Zone, a.Comment}
}

var _ store.Applier = (*Store)(nil)
