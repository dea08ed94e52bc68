package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
	"aiops/store/memory"
)

// Rows that are added to a shown file come onto the chart; one that is replaced
// is read again when the person says so.
func TestFollowFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "web.csv")
	rows := func(from, n int) string {
		var b strings.Builder
		for i := from; i < from+n; i++ {
			fmt.Fprintf(&b, "%s,%d\n", testNow.Add(time.Duration(i-500)*time.Minute).Format(time.RFC3339), i%50)
		}
		return b.String()
	}
	put := func(text string, how int) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	put("time,cpu\n"+rows(0, 100), os.O_TRUNC)
	load := func(ctx context.Context, files []string, _ app.Progress) (store.Store, string, error) {
		st, _, err := app.LoadFiles(ctx, files, ingest.Options{Now: func() time.Time { return testNow }})
		return st, "100 points", err
	}
	st, _, err := load(t.Context(), []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t, memory.New("metrics"), view.AlwaysLight, 1440, 900, nil)
	h.session.Files, h.session.Load = []string{path}, load
	show := func(o opened) {
		h.opened(o)
		h.q.settle()
	}
	show(opened{store: st, text: "100 points"})
	k := metric.Key{VM: "web", Metric: "cpu"}
	last := func(i int) {
		t.Helper()
		h.grow()
		h.q.settle()
		all := h.fact.Catalog()
		if want := testNow.Add(time.Duration(i-500) * time.Minute).Truncate(time.Second).UnixMicro(); len(all) != 1 || all[0].Key != k || all[0].Last != want {
			t.Errorf("the list says %+v, want the last point at %d", all, want)
		}
		if r := h.fact.Visible(); r.To <= all[0].Last {
			t.Errorf("the chart ends at %d, before the last point at %d", r.To, all[0].Last)
		}
	}
	last(99)
	put(rows(100, 25), os.O_APPEND)
	last(124)
	if got := h.foot.note.value; got != "25 new points" {
		t.Errorf("the footer says %q", got)
	}
	put("time,cpu\n"+rows(0, 10), os.O_TRUNC)
	last(124)
	if n := h.bars.list[len(h.bars.list)-1]; n.id != "grow" || !strings.Contains(n.text, "replaced") {
		t.Fatalf("the bar says %+v", n)
	}
	h.bars.press("grow")
	h.q.settle() // it waits for the reading
	last(9)
}
