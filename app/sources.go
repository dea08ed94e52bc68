package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aiops/app/config"
	"aiops/app/keyring"
	"aiops/store"
	"aiops/store/postgres"
)

// Source is a database that a person works with.
type Source = config.Source

// Sources are the databases that a person works with: those that were added,
// and the one that is there anyway.
type Sources struct {
	Path  string // of the list's file
	Local Source // always there: what --db names, or the file in the data directory
	Now   func() time.Time
	// Offline shows databases on servers by their local copies only.
	Offline bool
	named   string // Local's address with the password that --db gave
}

// LocalName is what the database in the data directory is called.
const LocalName = "Local database"

// NewSources is the list of the data directory; db is the database that was named, if any.
func NewSources(db string, now func() time.Time) (*Sources, error) {
	path, err := config.SourcesPath()
	if err != nil {
		return nil, err
	}
	local, err := config.DefaultDB()
	if err != nil {
		return nil, err
	}
	s := &Sources{Path: path, Local: Source{Name: LocalName, Address: local}, Now: now}
	if db != "" && db != local {
		s.Local, s.named = Source{Name: nameOf(db), Address: db}, db
		if config.HasPassword(db) {
			a, err := ParseAddress(db)
			if err != nil {
				return nil, err
			}
			s.Local.Address = a.String()
		}
	}
	return s, nil
}

// nameOf makes a name for a database that has none.
func nameOf(db string) string {
	if info, err := describe(db); err == nil && IsService(db) {
		return info.Name
	}
	a, err := ParseAddress(db)
	switch {
	case err != nil:
		return "database"
	case a.Service != "":
		return "service"
	case a.Postgres && a.Database != "":
		return a.Database
	case a.Postgres:
		return a.User
	}
	base := filepath.Base(a.Path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// List is the local database and those that were added, in the order of their adding.
func (s *Sources) List() ([]Source, error) {
	kept, err := config.ReadSources(s.Path)
	out := []Source{s.Local}
	for _, src := range kept.List {
		if src.Address == s.Local.Address {
			out[0] = src // it has a name of its own
			continue
		}
		out = append(out, src)
	}
	return out, err
}

// Fixed reports whether a source is there without having been added.
func (s *Sources) Fixed(src Source) bool { return src == s.Local }

// Find is the source of a name.
func (s *Sources) Find(name string) (Source, error) {
	all, err := s.List()
	if err != nil {
		return Source{}, err
	}
	for _, src := range all {
		if src.Name == name {
			return src, nil
		}
	}
	return Source{}, fmt.Errorf("there is no data source %q; `aiops sources list` lists them: %w", name, store.ErrNotFound)
}

// Current is the source that the window opens: the one that it showed last.
func (s *Sources) Current() Source {
	kept, err := config.ReadSources(s.Path)
	if src, ok := kept.Find(kept.Current); ok && err == nil {
		return src
	}
	return s.Local
}

// Use notes which source the window shows.
func (s *Sources) Use(src Source) error {
	return s.change(func(kept *config.Sources) error {
		kept.Current = ""
		if _, ok := kept.Find(src.Name); ok {
			kept.Current = src.Name
		}
		return nil
	})
}

// Put adds a source, or changes the one called old. A password that is not
// empty goes into the system's keyring.
func (s *Sources) Put(ctx context.Context, old string, src Source, password string) error {
	if src.Name == s.Local.Name && src.Address != s.Local.Address {
		return fmt.Errorf("there is a data source %q already; choose another name", src.Name)
	}
	if err := src.Check(); err != nil {
		return err
	}
	if password != "" {
		if _, err := SavePassword(ctx, src.Address, password); err != nil {
			return fmt.Errorf("%w. Leave the password empty and put it into ~/.pgpass instead", err)
		}
	}
	return s.change(func(kept *config.Sources) error { return kept.Put(old, src) })
}

// Remove takes a source out of the list, and its password out of the keyring.
// The database itself is left as it is.
func (s *Sources) Remove(ctx context.Context, src Source) error {
	gone := false
	err := s.change(func(kept *config.Sources) error {
		gone = kept.Remove(src.Name)
		if gone && IsPostgres(src.Address) && !slices.ContainsFunc(kept.List, func(o Source) bool { return sameDatabase(o.Address, src.Address) }) {
			return forgotten(ForgetPassword(ctx, src.Address))
		}
		return nil
	})
	if err == nil && !gone {
		return fmt.Errorf("there is no data source %q among those that were added: %w", src.Name, store.ErrNotFound)
	}
	return err
}

// sameDatabase reports whether two addresses share one password in the keyring.
func sameDatabase(a, b string) bool {
	x, err := postgres.Address(a)
	y, err2 := postgres.Address(b)
	return err == nil && err2 == nil && x == y
}

// forgotten leaves out that there was no password to forget.
func forgotten(_ string, err error) error {
	if errors.Is(err, keyring.ErrNotFound) || errors.Is(err, keyring.ErrUnavailable) {
		return nil
	}
	return err
}

func (s *Sources) change(f func(*config.Sources) error) error {
	kept, err := config.ReadSources(s.Path)
	if err != nil {
		return err
	}
	if err := f(&kept); err != nil {
		return err
	}
	return kept.Write(s.Path)
}

// Open opens a source for the window: a database on a server with its local copy.
func (s *Sources) Open(ctx context.Context, src Source) (store.Store, error) {
	return OpenLinked(ctx, s.address(src), LinkOptions{Offline: s.Offline, Now: s.Now})
}

// address is what to connect with; never to be shown.
func (s *Sources) address(src Source) string {
	if s.named != "" && src.Address == s.Local.Address {
		return s.named
	}
	return src.Address
}
