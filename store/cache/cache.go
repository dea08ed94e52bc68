package cache

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"sync"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// Options say what is copied and where to.
type Options struct {
	// Remote opens the database; it must be a store.Applier.
	Remote  func(ctx context.Context) (store.Store, error)
	Info    store.Info // of the database, until it was reached once
	Path    string     // of the copy, an SQLite file
	Offline bool       // the database is never asked
	Quiet   bool       // nothing is done unless it is asked for: no second try, no copy of what is looked at
	Limit   int64      // bytes of the copy; 0 is 2 GiB
	Now     func() time.Time

	change int // how many points are queued as one change, about; 0: 100,000
}

// Store is a database with its copy. It implements store.Linked.
type Store struct {
	o     Options
	local *sqlite.Store
	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	work  sync.WaitGroup
	wake  chan struct{} // something is to be sent, or the database to be tried
	wants chan want     // what was looked at

	mu       sync.Mutex
	remote   store.Store // nil until it was reached
	link     store.Link
	info     store.Info
	watchers map[int]func(store.Link)
	nextID   int
	closed   bool

	connecting sync.Mutex // held by whoever tries to reach the database
	pushing    sync.Mutex // held by whoever sends
	pulling    sync.Mutex // held by whoever copies points
}

// Names of the copy's notes.
const (
	noteInfo    = "copy.info"
	noteCatalog = "copy.catalog"
	noteCopied  = "copy.at"
	noteMark    = "copy.mark" // up to where changes were taken over
)

// Open opens the copy and tries to reach the database. Where there is a copy,
// a database that cannot be reached is no error.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.change == 0 {
		o.change = 100_000
	}
	if o.Limit == 0 {
		o.Limit = 2 << 30
	}
	local, err := sqlite.Open(ctx, o.Path, sqlite.Options{Now: o.Now})
	if err != nil {
		return nil, fmt.Errorf("open the local copy: %w", err)
	}
	s := &Store{o: o, local: local, info: o.Info, wake: make(chan struct{}, 1), wants: make(chan want, 256), watchers: map[int]func(store.Link){}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) begin(ctx context.Context) error {
	s.link.Since = s.o.Now()
	if err := s.recall(ctx); err != nil {
		return err
	}
	copied := !s.link.CopiedAt.IsZero() || s.link.Queued > 0
	if s.o.Offline {
		if !copied {
			return fmt.Errorf("there is no local copy of %s yet: `aiops pull` makes one while the database can be reached", s.o.Info.Path)
		}
		s.link.Cause = errAsked
		return nil
	}
	soon, cancel := ctx, context.CancelFunc(func() {})
	if copied && !s.o.Quiet {
		soon, cancel = context.WithTimeout(ctx, patience)
	}
	err := s.connect(soon)
	cancel()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && !copied {
		return err
	}
	if !s.o.Quiet {
		s.work.Go(s.run)
	}
	return nil
}

// patience is how long the start waits for the database where there is a copy.
const patience = 2 * time.Second

var errAsked = errors.New("working offline was asked for")

// recall reads what is known from the last time.
func (s *Store) recall(ctx context.Context) error {
	var info store.Info
	if ok, err := s.noted(ctx, noteInfo, &info); err != nil {
		return err
	} else if ok {
		s.info = info
	}
	if _, err := s.noted(ctx, noteCopied, &s.link.CopiedAt); err != nil {
		return err
	}
	return s.count(ctx, &s.link)
}

// noted reads a note of the copy; false where there is none.
func (s *Store) noted(ctx context.Context, name string, to any) (bool, error) {
	body, err := s.local.Note(ctx, name)
	if err != nil || body == nil {
		return false, err
	}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(to); err != nil {
		return false, fmt.Errorf("read %s of the local copy: %w", name, err)
	}
	return true, nil
}

func (s *Store) note(ctx context.Context, name string, v any) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return fmt.Errorf("note %s: %w", name, err)
	}
	return s.local.SetNote(ctx, name, b.Bytes())
}

// Info describes the database, not the copy.
func (s *Store) Info() store.Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// Close ends what runs in the background and closes both.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.work.Wait()
	err := s.local.Close()
	if s.remote != nil {
		err = errors.Join(err, s.remote.Close())
	}
	return err
}

// online is the database, nil while it is away.
func (s *Store) online() store.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.link.Online {
		return nil
	}
	return s.remote
}

// want is what somebody looked at.
type want struct {
	keys     []metric.Key
	r        metric.Range
	foreseen bool // predictions, not points
	small    bool // annotations, silences and alerts
}

var _ store.Linked = (*Store)(nil)
