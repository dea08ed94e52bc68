package sqlite

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"

	"aiops/metric"
	"aiops/store"
)

// Model is a trained model, as text that only its own storage understands.
type Model struct {
	metric.Key
	Kind, Name string
	Text       []byte
}

// largestModel is how many bytes a model's text may have: a damaged file must
// not fill the memory.
const largestModel = 256 << 20

// PutModels adds models or replaces those of their names, and returns how many
// bytes they take.
func (s *Store) PutModels(ctx context.Context, all []Model) (size int64, err error) {
	err = s.writing(ctx, "write models", func(conn *sql.Conn) error {
		for _, m := range all {
			body, sum := packed(m.Text), sha256.Sum256(m.Text)
			size += int64(len(body))
			if _, err := conn.ExecContext(ctx, `INSERT OR REPLACE INTO models VALUES (?, ?, ?, ?, ?, ?)`, m.Name, m.VM, m.Metric, m.Kind, sum[:], body); err != nil {
				return err
			}
		}
		return nil
	})
	return size, err
}

// Model reads the text of a model; ErrNotFound if it is not there.
func (s *Store) Model(ctx context.Context, name string) ([]byte, error) {
	if old, err := s.before(ctx, 6); err != nil || old {
		return nil, errors.Join(err, store.ErrNotFound)
	}
	var sum, body []byte
	err := s.readers.QueryRowContext(ctx, `SELECT sum, body FROM models WHERE name = ?`, name).Scan(&sum, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, convert(ctx, s.path, "read a model", err)
	}
	text, err := unpacked(body)
	if have := sha256.Sum256(text); err != nil || !bytes.Equal(have[:], sum) {
		return nil, damaged(s.path, "model "+name+" is not what was written")
	}
	return text, nil
}

// ModelNames are the names of all models, in order.
func (s *Store) ModelNames(ctx context.Context) ([]string, error) {
	if old, err := s.before(ctx, 6); err != nil || old {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT name FROM models ORDER BY name`)
	if err != nil {
		return nil, convert(ctx, s.path, "list models", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, convert(ctx, s.path, "list models", err)
		}
		out = append(out, name)
	}
	return out, convert(ctx, s.path, "list models", rows.Err())
}

func packed(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // memory takes it
	_ = w.Close()
	return b.Bytes()
}

func unpacked(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, largestModel))
}
