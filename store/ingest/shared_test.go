package ingest

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// Every row of the real data is accounted for; encoding/csv counts them.
func TestImportSharedData(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data")
	var files []string
	for _, dir := range []string{"nab", "mscloud", "asd"} {
		_ = filepath.WalkDir(filepath.Join(root, dir), func(path string, _ os.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".csv" {
				files = append(files, path)
			}
			return nil
		})
	}
	for _, path := range files {
		st := newFake()
		r := imported(t, st, path, Options{})
		if want := countCells(t, path); r.Rows != want || r.Stored != st.count() {
			t.Errorf("%s: %d rows instead of %d, %d stored, %d there (%s)", path, r.Rows, want, r.Stored, st.count(), r.Found)
		}
		t.Log(r, r.Found)
		if again := imported(t, st, path, Options{}); again.Stored != 0 && again.Rows != r.Rows {
			t.Errorf("%s again: %s", path, again)
		}
	}
}

// countCells counts the cells behind the first column that are not empty.
func countCells(t *testing.T, path string) (n int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		for _, cell := range row[1:] {
			if cell != "" {
				n++
			}
		}
	}
	return n
}
