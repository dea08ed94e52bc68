package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Source is a database that a person works with.
type Source struct {
	Name    string `toml:"name"`
	Address string `toml:"address"` // as --db takes it, without a password
}

// Sources is the list of databases that a person has added.
type Sources struct {
	Current string   `toml:"current,omitempty"` // which one the window opens
	List    []Source `toml:"source"`
}

// SourcesPath is where the list is kept.
func SourcesPath() (string, error) {
	d, err := DataDir()
	return filepath.Join(d, "sources.toml"), err
}

// ReadSources reads the list; no file is an empty list.
func ReadSources(path string) (Sources, error) {
	var out Sources
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("read the data sources: %w", err)
	}
	if err := toml.Unmarshal(text, &out); err != nil {
		return Sources{}, fmt.Errorf("read the data sources %s: %w", path, err)
	}
	for i, s := range out.List {
		err := s.Check()
		if err == nil && out.index(s.Name) != i {
			err = fmt.Errorf("data source %q is there twice", s.Name)
		}
		if err != nil {
			return Sources{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	return out, nil
}

// Write keeps the list, whole or not at all.
func (s Sources) Write(path string) error {
	text, err := toml.Marshal(s)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err != nil {
		return fmt.Errorf("save the data sources: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".sources-*")
	if err != nil {
		return fmt.Errorf("save the data sources: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing after the rename
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save the data sources: %w", err)
	}
	return nil
}

// Find is the source of a name.
func (s Sources) Find(name string) (Source, bool) {
	if i := s.index(name); i >= 0 {
		return s.List[i], true
	}
	return Source{}, false
}

// Put adds a source, or with the name of one that is there changes that.
func (s *Sources) Put(old string, src Source) error {
	if err := src.Check(); err != nil {
		return err
	}
	at := s.index(old)
	if i := s.index(src.Name); i >= 0 && i != at {
		return fmt.Errorf("there is a data source %q already; choose another name", src.Name)
	}
	if at < 0 {
		s.List = append(s.List, src)
		return nil
	}
	if s.Current == old {
		s.Current = src.Name
	}
	s.List[at] = src
	return nil
}

// Remove takes a source out of the list; false if it is not there.
func (s *Sources) Remove(name string) bool {
	i := s.index(name)
	if i < 0 {
		return false
	}
	s.List = slices.Delete(s.List, i, i+1)
	if s.Current == name {
		s.Current = ""
	}
	return true
}

func (s Sources) index(name string) int {
	return slices.IndexFunc(s.List, func(o Source) bool { return o.Name == name && name != "" })
}

// Check says what is wrong with a source.
func (s Source) Check() error {
	switch {
	case strings.TrimSpace(s.Name) == "" || s.Name != strings.TrimSpace(s.Name) || strings.ContainsAny(s.Name, "\n\r\t"):
		return fmt.Errorf("a data source needs a name, such as fleet; %q is none", s.Name)
	case strings.TrimSpace(s.Address) == "":
		return fmt.Errorf("data source %q has no address; write sqlite:PATH or postgres://USER@HOST/DATABASE", s.Name)
	case HasPassword(s.Address):
		return fmt.Errorf("the address of data source %q holds a password; take it out, it is kept in the keyring of this computer or in ~/.pgpass", s.Name)
	}
	return nil
}

// HasPassword reports whether a Postgres address holds a password.
func HasPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return strings.Contains(address, "://") && strings.Contains(address, "password=")
	}
	_, has := u.User.Password()
	return has || u.Query().Has("password")
}
