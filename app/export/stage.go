package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// stage collects the files of one export in a directory inside the target and
// moves them to their names when all of them are complete, so that a cancelled
// or failed export leaves what was there before.
type stage struct {
	dir, tmp string
	made     []string // directories that did not exist before, outermost first
	files    []string // relative to dir, in order of creation
}

func newStage(dir string) (*stage, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", dir, err)
	}
	s := &stage{dir: dir}
	if err := s.makeDirs(dir); err != nil {
		s.discard()
		return nil, targetError(dir, err)
	}
	if s.tmp, err = os.MkdirTemp(dir, ".export-*"); err != nil {
		s.discard()
		return nil, targetError(dir, err)
	}
	return s, nil
}

// targetError says what is wrong with the directory that was asked for.
func targetError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("cannot write to %s: it, or a part of it, is a file and not a folder; name another folder (%w)", dir, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("cannot write to %s: no permission; name another folder (%w)", dir, err)
	}
	return fmt.Errorf("cannot write to %s: %w", dir, err)
}

// makeDirs is os.MkdirAll that remembers what it made.
func (s *stage) makeDirs(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := s.makeDirs(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	s.made = append(s.made, dir)
	return nil
}

// create opens a new file that publish will move to the path rel (with
// slashes) under the target.
func (s *stage) create(rel string) (*os.File, error) {
	path := filepath.Join(s.tmp, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("create %s: %w", rel, err)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", rel, err)
	}
	s.files = append(s.files, rel)
	return f, nil
}

// scratch opens a file that goes away with the stage.
func (s *stage) scratch() (*os.File, error) {
	f, err := os.CreateTemp(s.tmp, "scratch-*")
	if err != nil {
		return nil, fmt.Errorf("create a temporary file: %w", err)
	}
	return f, nil
}

// publish moves the files to their places. Nothing is moved before it is known
// that nothing stands in the way. It returns their names relative to the target.
func (s *stage) publish() ([]string, error) {
	paths := make([]string, len(s.files))
	for i, rel := range s.files {
		paths[i] = filepath.Join(s.dir, filepath.FromSlash(rel))
		if err := s.makeDirs(filepath.Dir(paths[i])); err != nil {
			return nil, targetError(filepath.Dir(paths[i]), err)
		}
		if info, err := os.Lstat(paths[i]); err == nil && info.IsDir() {
			return nil, fmt.Errorf("cannot write %s: a folder of that name is there", paths[i])
		}
	}
	for i, rel := range s.files {
		if err := os.Rename(filepath.Join(s.tmp, filepath.FromSlash(rel)), paths[i]); err != nil {
			return nil, fmt.Errorf("put %s in place: %w", rel, err)
		}
	}
	s.made = nil
	return s.files, nil
}

// discard removes the temporary files, and the directories that were made for
// an export that did not come to its end.
func (s *stage) discard() {
	if s.tmp != "" {
		os.RemoveAll(s.tmp)
	}
	for i := len(s.made) - 1; i >= 0; i-- {
		os.Remove(s.made[i]) // stays if somebody else put something there
	}
}
