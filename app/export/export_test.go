package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var everything = []string{"html", "png,svg", "pdf", "csv", "xlsx"}

func TestFailureLeavesNothing(t *testing.T) {
	for _, format := range formats {
		parent := t.TempDir()
		broken := fleet()
		broken.fail = errBroken
		if _, err := Write(t.Context(), broken, filepath.Join(parent, "new", "deep"), options(format)); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", format, err)
		}
		if left := entries(t, parent); len(left) > 0 {
			t.Errorf("%s left %v", format, left)
		}
	}
}

func TestCancelKeepsTheEarlierReport(t *testing.T) {
	dir, first := export(t, fleet(), options(everything...))
	before := entries(t, dir)
	for _, name := range first.Files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("earlier"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []float64{0.1, 0.4, 0.7, 1} {
		ctx, cancel := context.WithCancel(t.Context())
		o := options(everything...)
		o.Progress = func(done, total int64, _ string) {
			if float64(done) >= at*float64(total) {
				cancel()
			}
		}
		if _, err := Write(ctx, fleet(), dir, o); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %v: %v", at, err)
		}
	}
	if after := entries(t, dir); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("before %v, after %v", before, after)
	}
	for _, name := range first.Files {
		path := filepath.Join(dir, name)
		if b := must(os.ReadFile(path)); string(b) != "earlier" {
			t.Errorf("%s was changed", path)
		}
	}
}

func TestLaterReportReplaces(t *testing.T) {
	dir, first := export(t, fleet(), options("html", "csv"))
	stray := filepath.Join(dir, "data", "mine.txt")
	if err := os.WriteFile(stray, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, first.Files[0]), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := Write(t.Context(), fleet(), dir, options("html", "csv"))
	if err != nil {
		t.Fatal(err)
	}
	if b := must(os.ReadFile(filepath.Join(dir, second.Files[0]))); !strings.HasPrefix(string(b), "<!DOCTYPE html>") {
		t.Errorf("index.html was not replaced: %.20q", b)
	}
	if _, err := os.Stat(stray); err != nil {
		t.Errorf("somebody's file is gone: %v", err)
	}
}

func TestProgressRisesToTheEnd(t *testing.T) {
	o := options(everything...)
	var last, end int64
	o.Progress = func(done, total int64, what string) {
		if done < last || done > total || what == "" {
			t.Errorf("%d of %d after %d: %q", done, total, last, what)
		}
		last, end = done, total
	}
	export(t, fleet(), o)
	if last != end || end == 0 {
		t.Errorf("ended at %d of %d", last, end)
	}
}

func TestFolderInTheWay(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "index.html"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Write(t.Context(), fleet(), dir, options("html", "csv"))
	if err == nil || !strings.Contains(err.Error(), "a folder of that name is there") {
		t.Errorf("%v", err)
	}
	if left := entries(t, dir); strings.Join(left, ",") != "index.html" && strings.Join(left, ",") != "data,index.html" {
		t.Errorf("left %v", left)
	}
}
