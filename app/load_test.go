package app

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
)

// growing is a file that is being written, and the store that shows it.
type growing struct {
	t    *testing.T
	path string
	st   store.Store
}

func open(t *testing.T, text string, more ...string) *growing {
	t.Helper()
	g := &growing{t: t, path: filepath.Join(t.TempDir(), "web.csv")}
	if err := os.WriteFile(g.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	st, _, err := LoadFiles(t.Context(), append([]string{g.path}, more...), ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g.st = st
	return g
}

func (g *growing) add(text string) {
	g.t.Helper()
	f, err := os.OpenFile(g.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		g.t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		g.t.Fatal(err)
	}
}

func (g *growing) grows(points int64, bad int) {
	g.t.Helper()
	n, wrong, err := g.st.(store.Growing).Grow(g.t.Context())
	if err != nil || n != points || wrong != bad {
		g.t.Errorf("%d new points and %d bad rows, %v; want %d and %d", n, wrong, err, points, bad)
	}
}

func (g *growing) values(vm, name string, want ...float64) {
	g.t.Helper()
	s, err := store.Points(g.t.Context(), g.st, metric.Key{VM: vm, Metric: name}, metric.Range{})
	if err != nil || fmt.Sprint(s.Values) != fmt.Sprint(want) {
		g.t.Errorf("%s %s: %v, %v; want %v", vm, name, s.Values, err, want)
	}
}

// A file that grows is followed: whole rows, as they come, in its own form.
func TestGrow(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		g := open(t, "time;cpu;memory"+eol+"2026-01-01 00:00:00;1,5;10"+eol+"2026-01-01 00:01:00;2,5;20"+eol)
		g.grows(0, 0)
		g.add("2026-01-01 00:02:00;3,5;30" + eol + "2026-01-01 00:03:00;4,")
		g.grows(2, 0)
		g.values("web", "cpu", 1.5, 2.5, 3.5)
		g.grows(0, 0)
		g.add("5;40" + eol)
		g.grows(2, 0)
		g.add("nonsense;1;1" + eol + "# a comment" + eol + eol + "2026-01-01 00:02:00;9;30" + eol)
		g.grows(1, 1)
		g.values("web", "cpu", 1.5, 2.5, 9, 4.5)
		g.values("web", "memory", 10, 20, 30, 40)
	}
}

// The last row was half written when the file was loaded: it comes once more.
func TestGrowHalfRow(t *testing.T) {
	g := open(t, "vm,timestamp,metric,value\na,2026-01-01T00:00:00Z,cpu,1\na,2026-01-01T00:01:00Z,cpu,1")
	g.add("2.5\nb,2026-01-01T00:01:00Z,disk,7\n")
	g.grows(2, 0)
	g.values("a", "cpu", 1, 12.5)
	g.values("b", "disk", 7)
}

// Two files with a series of the same name keep apart what is added.
func TestGrowSameNames(t *testing.T) {
	const text = "vm,timestamp,metric,value\na,2026-01-01T00:00:00Z,cpu,1\n"
	other := filepath.Join(t.TempDir(), "other.csv")
	if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	g := open(t, text, other)
	g.path = other
	g.add("a,2026-01-01T00:01:00Z,cpu,5\n")
	g.grows(1, 0)
	g.values("a", "cpu", 1)
	g.values("a (other.csv)", "cpu", 1, 5)
}

// A file that was cut short or replaced is told of once; one that is away may come back.
func TestGrowReplaced(t *testing.T) {
	const text = "time,cpu\n2026-01-01 00:00:00,1\n2026-01-01 00:01:00,2\n"
	g := open(t, text)
	if err := os.Rename(g.path, g.path+".1"); err != nil {
		t.Fatal(err)
	}
	g.grows(0, 0)
	if err := os.Rename(g.path+".1", g.path); err != nil {
		t.Fatal(err)
	}
	g.add("2026-01-01 00:02:00,3\n")
	g.grows(1, 0)
	if err := os.Truncate(g.path, 9); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.st.(store.Growing).Grow(t.Context()); !errors.Is(err, ingest.ErrReplaced) {
		t.Error(err)
	}
	g.grows(0, 0)
	g.values("web", "cpu", 1, 2, 3)
}

// However the bytes of a file come, in the end the store has what loading the
// whole file gives.
func TestGrowInPieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, form := range []string{"vm,timestamp,metric,value\n", "timestamp,cpu,memory\n"} {
		for range 20 {
			var b strings.Builder
			b.WriteString(form)
			for i := range 200 {
				at := time.Date(2026, 1, 1, 0, i-rnd.IntN(3), 0, 0, time.UTC).Format(time.RFC3339)
				if form[0] == 'v' {
					fmt.Fprintf(&b, "vm-%d,%s,cpu,%d.5\n", rnd.IntN(3), at, rnd.IntN(1000))
				} else {
					fmt.Fprintf(&b, "%s,%d.25,%d\n", at, rnd.IntN(1000), rnd.IntN(10))
				}
			}
			text := b.String()
			cut := len(form) + 40 + rnd.IntN(1000)
			g := open(t, text[:cut])
			for cut < len(text) {
				next := min(len(text), cut+1+rnd.IntN(700))
				g.add(text[cut:next])
				cut = next
				if _, bad, err := g.st.(store.Growing).Grow(t.Context()); bad > 0 || err != nil {
					t.Fatal(bad, err)
				}
			}
			whole, _, err := LoadFiles(t.Context(), []string{g.path}, ingest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err1 := store.Envelopes(t.Context(), g.st, store.Query{})
			want, err2 := store.Envelopes(t.Context(), whole, store.Query{})
			if err1 != nil || err2 != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%v %v: the file in pieces differs from the whole:\n%s", err1, err2, text)
			}
		}
	}
}
