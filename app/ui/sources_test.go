package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"aiops/app"
	"aiops/app/keyring"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

// withSources gives a window data sources: the local one, which it shows, and
// two files, the second of which is there and has a series.
func withSources(t *testing.T, h *harness) (lab app.Source) {
	t.Helper()
	keyring.InMemory()
	dir := t.TempDir()
	local := app.Source{Name: app.LocalName, Address: "sqlite:" + filepath.Join(dir, "metrics.db")}
	h.session.Sources = &app.Sources{Path: filepath.Join(dir, "sources.toml"), Local: local, Now: h.session.Now}
	h.source = local
	lab = app.Source{Name: "lab", Address: "sqlite:" + filepath.Join(dir, "lab.db")}
	db, err := app.OpenStore(t.Context(), lab.Address, false, h.session.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin(t.Context(), store.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Write(t.Context(), madeUp(metric.Key{VM: "lab-01", Metric: "cpu"}, 0, 0), store.Replace); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, src := range []app.Source{lab, {Name: "gone", Address: "postgres://ann@127.0.0.1:1/gone?connect_timeout=1"}} {
		if err := h.session.Sources.Put(t.Context(), "", src, ""); err != nil {
			t.Fatal(err)
		}
	}
	h.sourcesChanged()
	return lab
}

func TestSwitchingBringsEachSelectionBack(t *testing.T) {
	h := onFour(t)
	lab := withSources(t, h)
	h.switchTo(lab)
	h.q.settle()
	if h.source != lab || h.head.name.value != "lab" || len(h.state.Selection) != 1 || h.state.Selection[0].VM != "lab-01" {
		t.Fatalf("shows %q with %v", h.head.name.value, h.state.Selection)
	}
	if h.session.Sources.Current() != lab {
		t.Error("the next start must open what was shown last")
	}
	h.fact.SetPreset(view.Last7Days)
	h.switchTo(h.session.Sources.Local)
	h.q.settle()
	if h.source.Name != app.LocalName || !h.empty() {
		t.Errorf("shows %q, empty %v: the local file has nothing in it", h.head.name.value, h.empty())
	}
	if words := h.foot.points.value; !strings.HasPrefix(words, "Local database: empty, ") {
		t.Errorf("the footer says %q", words)
	}
	h.switchTo(lab)
	h.q.settle()
	if len(h.state.Selection) != 1 || h.state.Span.Preset != view.Last7Days || h.empty() {
		t.Errorf("back in the lab: %+v", h.state.Place())
	}
	if len(h.state.Places) != 1 || len(h.state.Places[0].Selection) != 4 {
		t.Errorf("the first database's selection is kept as %+v", h.state.Places)
	}
}

func TestSwitchingThatFailsStays(t *testing.T) {
	h := onFour(t)
	withSources(t, h)
	gone := h.sources()[2]
	h.switchTo(gone)
	h.q.settle()
	if h.source.Name != app.LocalName || len(h.state.Selection) != 4 || h.empty() {
		t.Errorf("shows %q with %d series", h.source.Name, len(h.state.Selection))
	}
	if len(h.bars.list) != 1 || !strings.HasPrefix(h.bars.list[0].text, "Cannot open gone. No Postgres answers at 127.0.0.1:1") || h.bars.list[0].button != "Retry" {
		t.Errorf("bars %+v", h.bars.list)
	}
}

func TestSwitchingAsksAboutJobs(t *testing.T) {
	h := onFour(t)
	lab := withSources(t, h)
	h.start("Import a.csv", func(ctx jobContext) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	h.switchTo(lab)
	h.q.settle()
	if h.sheetID != "jobs first" || h.sheet == nil || h.source == lab {
		t.Fatalf("dialog %q, source %q: a job must not be ended without asking", h.sheetID, h.source.Name)
	}
	h.shot("dialog-jobs-first")
	h.sheet.close()
	h.jobs.Cancel(h.running()[0].ID)
	h.finish()
	h.switchTo(lab)
	h.q.settle()
	if h.source != lab {
		t.Error("without jobs the switch needs no question")
	}
}

func TestSourceListTestsAndTells(t *testing.T) {
	h := onFour(t)
	withSources(t, h)
	h.showSourceList()
	h.q.settle()
	h.shot("dialog-sources")
	for name, says := range map[string]string{app.LocalName: "nothing in it yet", "lab": "SQLite, 1 series", "gone": "No Postgres answers at 127.0.0.1:1. Check the address, and"} {
		src, err := h.session.Sources.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.trialText(src); !strings.Contains(got, says) {
			t.Errorf("%s: %q, want %q", name, got, says)
		}
	}
	if light, words := h.sourceState(h.sources()[2]); light != colorCrit || words != "cannot be used" {
		t.Errorf("the sidebar says %q", words)
	}
	h.sheet.close()
	h.shot("sources-sidebar")
}

func TestSourceEditorTestsAndSaves(t *testing.T) {
	h := onFour(t)
	lab := withSources(t, h)
	h.editSource(nil)
	h.shot("dialog-source")
	h.sheet.close()
	h.editSource(&lab)
	h.q.settle()
	h.shot("dialog-source-file")
	h.sheet.close()
	for _, c := range []struct{ server, database, user, want string }{
		{"", "d", "u", "name the server"}, {"h", "", "u", "name the database"}, {"h", "d", "", "name the user"},
		{"h:5433", "d", "u", ""},
	} {
		h.editSource(nil)
		e := h.editor
		e.server.SetText(c.server)
		e.database.SetText(c.database)
		e.user.SetText(c.user)
		_, src, err := e.typed()
		if c.want == "" && (err != nil || src.Name != "d" || src.Address != "postgres://u@h:5433/d?sslmode=verify-full") {
			t.Errorf("%+v: %+v, %v", c, src, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c, err)
		}
		h.sheet.close()
	}
	h.editSource(&lab)
	h.editor.name.SetText("laboratory")
	h.editor.test()
	h.q.settle()
	if got := h.editor.found.value; !strings.HasPrefix(got, "Connected: SQLite, 1 series, answers in ") || h.editor.found.ink != colorOK {
		t.Errorf("the test says %q", got)
	}
	h.editor.save()
	h.q.settle()
	if _, err := h.session.Sources.Find("laboratory"); err != nil || h.sheet != nil {
		t.Errorf("%v, dialog open %v", err, h.sheet != nil)
	}
}

// find is the button of a name, in the dialog or the window.
func (h *harness) find(label string) *button {
	h.t.Helper()
	b := h.look(label)
	if b == nil {
		h.t.Fatalf("there is no button %q", label)
	}
	return b
}

func (h *harness) has(label string) bool { return h.look(label) != nil }

func (h *harness) look(label string) (found *button) {
	roots := append(h.win.Canvas().Overlays().List(), h.win.Canvas().Content())
	for _, root := range roots {
		for _, o := range test.LaidOutObjects(root) {
			if b, ok := o.(*button); ok && b.Label == label && found == nil {
				found = b
			}
		}
	}
	return found
}

// fakeLink is a database whose link tests switch on and off.
type fakeLink struct {
	store.Store
	link    store.Link
	watch   func(store.Link)
	retried int
	clashes []store.QueueClash
	settled map[int64]bool
}

func (f *fakeLink) Link() store.Link { return f.link }
func (f *fakeLink) OnLink(w func(store.Link)) func() {
	f.watch = w
	return func() { f.watch = nil }
}
func (f *fakeLink) Retry()                                              { f.retried++ }
func (f *fakeLink) Clashes(context.Context) ([]store.QueueClash, error) { return f.clashes, nil }
func (f *fakeLink) Settle(_ context.Context, id int64, ours bool) error {
	if f.settled == nil {
		f.settled = map[int64]bool{}
	}
	f.settled[id] = ours
	f.clashes = nil
	return nil
}

func (f *fakeLink) change(l store.Link) {
	f.link = l
	f.watch(l)
}

func online() store.Link { return store.Link{Online: true, Latency: 18 * time.Millisecond} }

func cut() store.Link {
	return store.Link{Cause: errors.New("read points: the connection broke. Try again"), NextTry: testNow.Add(20 * time.Second), CopiedAt: testNow.Add(-27 * time.Second)}
}

func TestCutAndBack(t *testing.T) {
	for _, look := range []view.Appearance{view.AlwaysDark, view.AlwaysLight} {
		t.Run(string(look), func(t *testing.T) {
			f := &fakeLink{Store: stored(t), link: online()}
			h := newHarness(t, f, look, 1440, 900, fourCPUs)
			withSources(t, h)
			h.sourcesChanged()
			if h.head.kind.value != "Files · 18 ms" || h.foot.state.value != "Up to date, 14:35:02" {
				t.Errorf("online: %q, %q", h.head.kind.value, h.foot.state.value)
			}
			f.change(cut())
			h.q.settle()
			if h.head.kind.value != "cached copy" || h.foot.state.value != "Cached copy of 14:34:35" || h.head.dot.fill != colorWarn || h.foot.dot.fill != colorWarn {
				t.Errorf("cut: %q, %q", h.head.kind.value, h.foot.state.value)
			}
			want := "Cannot reach Local database (the connection broke). Working with the copy of 14:34; retrying in 20 s."
			if len(h.bars.list) != 1 || h.bars.list[0].text != want {
				t.Errorf("bars %+v, want %q", h.bars.list, want)
			}
			h.do(view.RefreshNow)
			h.q.settle()
			if !strings.HasPrefix(h.foot.state.value, "Cached copy") {
				t.Errorf("after a refresh of the copy the footer says %q", h.foot.state.value)
			}
			h.bars.press("link")
			h.q.settle()
			if f.retried != 1 {
				t.Errorf("Retry now tried %d times", f.retried)
			}
			h.shot("link-cut-" + string(look))
			f.change(online())
			h.q.settle()
			if len(h.bars.list) != 0 || h.foot.state.value != "Up to date, 14:35:02" || h.foot.note.value != "Local database can be reached again" {
				t.Errorf("back: bars %+v, %q, %q", h.bars.list, h.foot.state.value, h.foot.note.value)
			}
		})
	}
}

func TestTheCountdownChangesTheWordsOnly(t *testing.T) {
	f := &fakeLink{Store: stored(t), link: online()}
	h := newHarness(t, f, view.AlwaysLight, 1440, 900, fourCPUs)
	f.change(cut())
	h.q.settle()
	bar := h.bars.box.Objects[0]
	h.session.Now = func() time.Time { return testNow.Add(5 * time.Second) }
	h.clock.Now = h.session.Now
	h.showLink()
	if h.bars.box.Objects[0] != bar || !strings.HasSuffix(h.bars.list[0].words.value, "retrying in 15 s.") {
		t.Errorf("the bar says %q and was made anew: %v", h.bars.list[0].words.value, h.bars.box.Objects[0] != bar)
	}
}

func TestClashesAreDecidedByAPerson(t *testing.T) {
	f := &fakeLink{Store: stored(t), link: online()}
	h := newHarness(t, f, view.AlwaysDark, 1440, 900, fourCPUs)
	f.clashes = []store.QueueClash{{ID: 7, Made: testNow, What: `annotation "Deploy api 4.12.0"`, Ours: "Deploy api 4.12.0 at 10:31, by me", Theirs: "Deploy api 4.12.1 at 10:30"},
		{ID: 8, Made: testNow, What: `annotation "Backup"`, Ours: "Backup db-01 until 02:50"}}
	l := online()
	l.Clashes = 2
	f.change(l)
	h.q.settle()
	if len(h.bars.list) != 1 || !strings.HasPrefix(h.bars.list[0].text, "2 changes made here met another one in fleet") {
		t.Fatalf("bars %+v", h.bars.list)
	}
	h.bars.press("clashes")
	h.q.settle()
	h.shot("dialog-clashes")
	if f.settled != nil {
		t.Fatal("a clash was decided without a person")
	}
	keep := h.find("Keep theirs")
	keep.Tapped(nil)
	h.q.settle()
	if ours, ok := f.settled[7]; !ok || ours || h.sheet != nil {
		t.Errorf("settled %v, dialog open %v", f.settled, h.sheet != nil)
	}
}

func TestSnapshotIsShownAsItWasTaken(t *testing.T) {
	h := onFour(t)
	withSources(t, h)
	taken := view.DefaultState()
	taken.Selection.Add(metric.Key{VM: "db-01", Metric: "latency"})
	taken.Thresholds.Set(view.Threshold{Metric: "latency", Value: 3})
	carried, err := taken.Carry()
	if err != nil {
		t.Fatal(err)
	}
	actions := h.session.Actions.(*fakeActions)
	h.openSnapshot("/tmp/broken.db")
	h.q.settle()
	if h.snapshot != "" || len(h.bars.list) != 1 {
		t.Fatalf("a damaged snapshot is told, and what was shown stays: %q %+v", h.snapshot, h.bars.list)
	}
	h.bars.close("open")
	actions.snapshot, actions.view = stored(t), carried
	h.openSnapshot("/tmp/fleet-2026-11-20.db")
	h.q.settle()
	if len(h.state.Selection) != 1 || h.state.Thresholds[0].Metric != "latency" || h.head.kind.value != "snapshot" {
		t.Errorf("shown %+v, %+v, %q", h.state.Selection, h.state.Thresholds, h.head.kind.value)
	}
	h.importFiles([]string{"/tmp/a.csv"})
	if len(actions.imported) != 0 {
		t.Error("a snapshot must not be imported into")
	}
	h.save()
	if st, _ := view.LoadState(h.session.StatePath); len(st.Selection) != 4 || st.Thresholds[0].Metric != "cpu" || st.Snapshots[0] != "/tmp/fleet-2026-11-20.db" {
		t.Errorf("saved %+v, %+v, %v", st.Selection, st.Thresholds, st.Snapshots)
	}
	h.bars.press("snapshot")
	h.q.settle()
	if h.sheet != nil || h.snapshot != "" || h.kept != nil || h.state.Thresholds[0].Metric != "cpu" {
		t.Errorf("back: snapshot %q, thresholds %+v", h.snapshot, h.state.Thresholds)
	}
}

// In a low window the foot scrolls and the tree keeps its rows.
func TestTheFootShrinksInALowWindow(t *testing.T) {
	for _, c := range []struct {
		name string
		look view.Appearance
		w, h int
	}{{"foot-low-dark", view.AlwaysDark, 1100, 700}, {"foot-low-light", view.AlwaysLight, 1100, 700}, {"foot-high-dark", view.AlwaysDark, 1440, 900}, {"foot-high-light", view.AlwaysLight, 1440, 900}} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t, stored(t), c.look, c.w, c.h, fourCPUs)
			withSources(t, h)
			for _, name := range []string{"one", "two", "three"} {
				if err := h.session.Sources.Put(t.Context(), "", app.Source{Name: name, Address: "sqlite:/tmp/" + name + ".db"}, ""); err != nil {
					t.Fatal(err)
				}
				h.recent = append(h.recent, recentFile{"/tmp/" + name + ".db", testNow})
			}
			h.sourcesChanged()
			if c.w < 1200 {
				h.do(view.ToggleSidebar)
			}
			h.q.settle()
			h.shot(c.name)
			tree, box := h.side.tree.rowList.Size().Height, h.side.foot.box.MinSize().Height
			if tree < treeLeast {
				t.Errorf("the tree is %v high", tree)
			}
			if all := h.side.box.Size().Height; c.h == 900 && tree+box > all {
				t.Errorf("where there is room all of the foot is seen: tree %v, foot %v of %v", tree, box, all)
			}
		})
	}
}

// A snapshot that is dropped is opened or imported, as the person says.
func TestADroppedSnapshotIsOpenedOrImported(t *testing.T) {
	h := onFour(t)
	withSources(t, h)
	actions := h.session.Actions.(*fakeActions)
	actions.snapshot = stored(t)
	path := filepath.Join(t.TempDir(), "fleet.db")
	if err := os.WriteFile(path, []byte("SQLite format 3\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	drop := func() { h.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)}) }
	drop()
	h.q.settle()
	h.shot("dialog-open-or-import")
	if h.sheetID != "open or import" || len(actions.imported) != 0 || h.snapshot != "" {
		t.Fatalf("nothing is to happen unasked: %q, imported %v, shown %q", h.sheetID, actions.imported, h.snapshot)
	}
	h.find("Import").Tapped(nil)
	h.finish()
	if len(actions.imported) != 1 || actions.imported[0] != path || h.snapshot != "" {
		t.Errorf("imported %v, shown %q", actions.imported, h.snapshot)
	}
	drop()
	h.find("Open").Tapped(nil)
	h.q.settle()
	if len(actions.imported) != 1 || h.snapshot != path {
		t.Errorf("imported %v, shown %q", actions.imported, h.snapshot)
	}
}

func TestSnapshotIsSaved(t *testing.T) {
	h := onFour(t)
	h.do(view.SaveSnapshot)
	h.q.settle()
	h.shot("dialog-save-snapshot")
	h.sheet.close()
	path := filepath.Join(t.TempDir(), "piece")
	req, err := h.snapshotRequest(path)
	if err != nil || req.Path != path+".db" || len(req.View) == 0 {
		t.Fatalf("%+v, %v", req, err)
	}
	h.saveSnapshot(req)
	h.finish()
	if saved := h.session.Actions.(*fakeActions).saved; len(saved) != 1 || h.state.Snapshots[0] != path+".db" {
		t.Errorf("saved %+v, recent %v", saved, h.state.Snapshots)
	}
}

func TestFirstStartOffersPostgres(t *testing.T) {
	h := newHarness(t, memory.New("metrics"), view.AlwaysLight, 1440, 900, nil)
	withSources(t, h)
	h.find("Connect to Postgres…").Tapped(nil)
	h.q.settle()
	if h.sheetID != "source" || h.editor.kind.chosen != 0 {
		t.Errorf("the dialog is %q", h.sheetID)
	}
	h.shot("first-postgres")
}

// slow is a database whose points come when the reader gives up.
type slow struct{ store.Store }

func (slow) Read(ctx context.Context, _ store.Query, _ func(metric.Envelope) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestASlowReadIsNamedAndCancelled(t *testing.T) {
	h := onFour(t)
	h.use(slow{stored(t)})
	for h.page.reading == nil { // the list of series comes first
		f := h.q.tasks[0]
		h.q.tasks = h.q.tasks[1:]
		f()
	}
	h.page.sayLoading(h.page.reading, true)
	h.shot("slow")
	if !h.page.line.Visible() || len(h.foot.slow.Objects) != 2 {
		t.Fatalf("line %v, %d words in the footer", h.page.line.Visible(), len(h.foot.slow.Objects))
	}
	h.foot.slow.Objects[1].(*button).Tapped(nil)
	h.q.settle()
	if !h.page.failed || h.page.line.Visible() || len(h.foot.slow.Objects) != 0 {
		t.Errorf("after Cancel: failed %v, line %v", h.page.failed, h.page.line.Visible())
	}
	if err := h.fact.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("the read ended with %v", err)
	}
	h.shot("slow-cancelled")
	h.use(stored(t))
	h.q.settle()
	if h.page.failed || !h.page.chart.drawn {
		t.Error("another database must not show the error of the one before")
	}
}
