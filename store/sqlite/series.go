package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"aiops/metric"
)

// series is a row of the series table with what a write knows about it.
type series struct {
	metric.Key
	id          int64
	count       int64
	first, last int64
	lastValue   float64
	step        int64 // typical distance of points
	sized       int64 // count when step was last looked at
	levels      []level
	dirty       map[int64]bool // finest buckets that hold a replaced value
	stored      int64          // points that this write added
}

const selectSeries = `SELECT id, vm, metric, count, first, last, last_value, step, sized, levels FROM series`

func scanSeries(row interface{ Scan(...any) error }) (*series, error) {
	var sr series
	var first, last, step any
	var levels string
	err := row.Scan(&sr.id, &sr.VM, &sr.Metric, &sr.count, &first, &last, &sr.lastValue, &step, &sr.sized, &levels)
	if err != nil {
		return nil, err
	}
	sr.first, sr.last, sr.step = micros(first), micros(last), micros(step)
	for _, f := range strings.Fields(levels) {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil || n <= 0 {
			return nil, errors.New("the roll-ups of " + sr.Key.String() + " are not readable")
		}
		sr.levels = append(sr.levels, level{step: n})
	}
	return &sr, nil
}

func (sr *series) touches(r metric.Range) bool {
	return sr.count > 0 && sr.first < r.To && sr.last >= r.From
}

// extend takes a stored point into first, last and count.
func (sr *series) extend(t int64, v float64) {
	if sr.count == 0 || t < sr.first {
		sr.first = t
	}
	if sr.count == 0 || t >= sr.last {
		sr.last, sr.lastValue = t, v
	}
	sr.count++
	sr.stored++
}

// find returns the series of a key and makes it if it is new.
func (t *tx) find(ctx context.Context, k metric.Key) (*series, error) {
	if sr := t.series[k]; sr != nil {
		return sr, nil
	}
	sr, err := findSeries(ctx, t.conn, k)
	if err != nil {
		return nil, err
	}
	t.series[k] = sr
	return sr, nil
}

func findSeries(ctx context.Context, conn *sql.Conn, k metric.Key) (*series, error) {
	sr, err := scanSeries(conn.QueryRowContext(ctx, selectSeries+" WHERE vm = ? AND metric = ?", k.VM, k.Metric))
	if errors.Is(err, sql.ErrNoRows) {
		sr = &series{Key: k}
		err = conn.QueryRowContext(ctx, `INSERT INTO series (vm, metric) VALUES (?, ?) RETURNING id`, k.VM, k.Metric).Scan(&sr.id)
	}
	return sr, err
}

// save writes the row of the series back.
func (t *tx) save(ctx context.Context, sr *series) error {
	_, err := t.conn.ExecContext(ctx, `UPDATE series SET count = ?, first = ?, last = ?, last_value = ?, step = ?, sized = ?, levels = ? WHERE id = ?`,
		sr.count, seconds(sr.first), seconds(sr.last), number(sr.lastValue), seconds(sr.step), sr.sized, levelText(sr.levels), sr.id)
	return err
}
