package app

import (
	"context"
	"path/filepath"
	"strconv"

	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
	"aiops/store/memory"
)

// LoadFiles reads files into memory, to look at them without keeping them.
// Series of the same name in several files are told apart by the file's name.
func LoadFiles(ctx context.Context, files []string, o ingest.Options) (store.Store, []ingest.Report, error) {
	sizes, total := fileSizes(files)
	name := filepath.Base(files[0])
	if len(files) > 1 {
		name = strconv.Itoa(len(files)) + " files"
	}
	st := memory.New(name)
	taken := map[metric.Key]bool{}
	var reports []ingest.Report
	var before int64
	for i, f := range files {
		fo := o
		if o.Progress != nil {
			fo.Progress = func(done, _ int64) { o.Progress(before+done, total) }
		}
		series, report, err := ingest.Load(ctx, f, fo)
		if err != nil {
			return nil, reports, err
		}
		for _, s := range series {
			if taken[s.Key] {
				s.VM += " (" + filepath.Base(f) + ")"
			}
			taken[s.Key] = true
			st.Put(s)
		}
		reports = append(reports, report)
		before += sizes[i]
	}
	return st, reports, nil
}
