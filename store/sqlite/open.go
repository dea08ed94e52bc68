package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aiops/store"
)

// Options change how a database is opened. The zero value is right for most.
type Options struct {
	ReadOnly bool             // writes give store.ErrReadOnly; the file must be there
	Now      func() time.Time // the clock; nil is time.Now
	Wait     time.Duration    // how long a write waits for another program; 0 is 30 s
	Bulk     bool             // a new file that nobody else sees until it is whole: a crash may leave it damaged
}

// Open opens the database file and creates it, with its folder, if it is not
// there. A file that is damaged, another program's or of a newer version is
// refused and left as it is.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{path: path, readOnly: o.ReadOnly, now: o.Now, wait: o.Wait, bulk: o.Bulk, slot: make(chan struct{}, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	if s.wait == 0 {
		s.wait = 30 * time.Second
	}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	size, err := s.look()
	if err != nil {
		return err
	}
	s.readers = connect(s.path, s.readOnly, s.timeout(), "query_only(1)", "cache_size(-8192)")
	s.readers.SetMaxIdleConns(4)
	version := 0
	if size > 0 {
		if version, err = s.version(ctx); err != nil {
			return err
		}
	}
	if s.readOnly {
		if version == 0 {
			return foreign(s.path)
		}
		return s.recognize(ctx)
	}
	if version > 0 {
		if err := s.recognize(ctx); err != nil {
			return err
		}
		if s.readOnly = !s.takenAt.IsZero(); s.readOnly {
			return nil
		}
	}
	mode := []string{"journal_mode(WAL)", "synchronous(NORMAL)"}
	if s.bulk {
		mode = []string{"journal_mode(OFF)", "synchronous(OFF)"}
	}
	s.writer = connect(s.path, false, append(mode, s.timeout(), "cache_size(-65536)", "temp_store(MEMORY)")...)
	s.writer.SetMaxOpenConns(1)
	if version < latest {
		return s.migrate(ctx)
	}
	return nil
}

// look checks what can be known without the engine and returns the file's size.
func (s *Store) look() (int64, error) {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) && !s.readOnly {
		return 0, os.MkdirAll(filepath.Dir(s.path), 0o777)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return 0, missing(s.path)
	}
	if err != nil {
		return 0, fmt.Errorf("open database: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("open database: %w", err)
	}
	if info.IsDir() {
		return 0, fmt.Errorf("open database: %s is a folder; name a file in it with --db", s.path)
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if n > 0 && (err != nil || !bytes.Equal(head, []byte("SQLite format 3\x00"))) {
		return 0, damaged(s.path, "its first bytes are not those of a database")
	}
	if w, err := os.OpenFile(s.path, os.O_RDWR, 0); err == nil {
		w.Close()
	} else if errors.Is(err, fs.ErrPermission) {
		s.readOnly = true
	}
	return info.Size(), nil
}

// timeout is how long a statement waits for a lock; a cancelled context ends it.
func (s *Store) timeout() string { return fmt.Sprintf("busy_timeout(%d)", s.wait.Milliseconds()) }

// connect makes a pool; connections are opened when they are needed.
func connect(path string, readOnly bool, pragmas ...string) *sql.DB {
	q := url.Values{}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Set("mode", "ro")
	}
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/... on Windows
	}
	dsn := "file://" + (&url.URL{Path: p}).EscapedPath() + "?" + q.Encode()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		panic(err) // the driver is not registered: cannot happen
	}
	return db
}

// version is the database's format, 0 for one without tables yet.
func (s *Store) version(ctx context.Context) (int, error) {
	var id, version, tables int
	err := s.readers.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT IN ('goose_db_version', 'sqlite_sequence'))`).
		Scan(&id, &version, &tables)
	switch {
	case err != nil:
		return 0, convert(ctx, s.path, "open database", err)
	case id == 0 && tables == 0:
		return 0, nil
	case id != applicationID:
		return 0, foreign(s.path)
	case version > latest:
		return 0, newer(s.path, version, latest)
	}
	return version, nil
}

var _ store.Store = (*Store)(nil)
