package app

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"sync"

	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
	"aiops/store/memory"
)

// LoadFiles reads files into memory, to look at them without keeping them.
// Series of the same name in several files are told apart by the file's name.
// The store is a store.Growing.
func LoadFiles(ctx context.Context, files []string, o ingest.Options) (store.Store, []ingest.Report, error) {
	sizes, total := fileSizes(files)
	name := filepath.Base(files[0])
	if len(files) > 1 {
		name = strconv.Itoa(len(files)) + " files"
	}
	st := &fileStore{Store: memory.New(name), taken: map[metric.Key]bool{}}
	var reports []ingest.Report
	var before int64
	for i, path := range files {
		fo := o
		if o.Progress != nil {
			fo.Progress = func(done, _ int64) { o.Progress(before+done, total) }
		}
		f := &loadedFile{name: filepath.Base(path), tail: ingest.NewTail(path, o), keys: map[metric.Key]metric.Key{}}
		series, report, err := ingest.Load(ctx, path, fo)
		if err != nil {
			return nil, reports, err
		}
		for _, s := range series {
			s.Key = st.key(f, s.Key)
			st.Put(s)
		}
		st.files = append(st.files, f)
		reports = append(reports, report)
		before += sizes[i]
	}
	return st, reports, nil
}

// fileStore holds files in memory and follows them as they grow.
type fileStore struct {
	*memory.Store
	mu    sync.Mutex
	files []*loadedFile
	taken map[metric.Key]bool
}

// loadedFile is a file and what its series are called in the store.
type loadedFile struct {
	name string
	tail *ingest.Tail // nil: it does not grow
	keys map[metric.Key]metric.Key
}

// key is what a file's series is called.
func (s *fileStore) key(f *loadedFile, k metric.Key) metric.Key {
	if own, ok := f.keys[k]; ok {
		return own
	}
	own := k
	if s.taken[own] {
		own.VM += " (" + f.name + ")"
	}
	s.taken[own] = true
	f.keys[k] = own
	return own
}

// Grow takes in the rows that were added to the files.
func (s *fileStore) Grow(ctx context.Context) (points int64, bad int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var failed []error
	for _, f := range s.files {
		if f.tail == nil {
			continue
		}
		series, wrong, err := f.tail.More(ctx)
		if err == nil && len(series) > 0 {
			var n int64
			n, err = s.add(ctx, f, series)
			points += n
		}
		bad += wrong
		if errors.Is(err, ingest.ErrReplaced) {
			f.tail = nil // told once
		}
		failed = append(failed, err)
	}
	return points, bad, errors.Join(failed...)
}

func (s *fileStore) add(ctx context.Context, f *loadedFile, series []metric.Series) (points int64, err error) {
	tx, err := s.Begin(ctx, store.Origin{Source: f.name})
	if err != nil {
		return 0, err
	}
	for _, one := range series {
		one.Key = s.key(f, one.Key)
		w, err := tx.Write(ctx, one, store.Replace)
		if err != nil {
			return 0, errors.Join(err, tx.Rollback())
		}
		points += w.Stored + w.Replaced
	}
	return points, tx.Commit()
}

var _ store.Growing = (*fileStore)(nil)
