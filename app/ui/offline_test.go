package ui

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// until shows what comes in the background until ok is content.
func (h *harness) until(what string, ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		h.q.settle()
		if ok() {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("waited in vain for %s; the link is %+v", what, h.link)
		}
	}
}

// onPostgres opens a window on a real Postgres behind a network that can be cut.
func onPostgres(t *testing.T) (h *harness, wire *pgtest.Proxy, direct, linked string) {
	t.Helper()
	t.Setenv("AIOPS_HOME", t.TempDir())
	server := pgtest.StartServer(t)
	wire, direct = server.Proxy(t), server.Database(t)
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal("the server's address is no URL")
	}
	u.Host = fmt.Sprintf("127.0.0.1:%d", wire.Port())
	db, err := app.OpenLinked(t.Context(), u.String(), app.LinkOptions{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin(t.Context(), store.Origin{Source: "test"})
	if err == nil {
		_, err = tx.Write(t.Context(), madeUp(metric.Key{VM: "db-01", Metric: "cpu"}, 0, 0), store.Replace)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
	h = newHarness(t, db, view.AlwaysDark, 1440, 900, func(st *view.State) { st.Selection.Add(metric.Key{VM: "db-01", Metric: "cpu"}) })
	t.Cleanup(h.Close)
	return h, wire, direct, u.String()
}

// copied waits until the local copy has an annotation.
func (h *harness) copied(db, words string) {
	h.t.Helper()
	h.until("the copy of "+words, func() bool {
		offline, err := app.OpenCopy(h.t.Context(), db, app.LinkOptions{Offline: true, Quiet: true, Now: time.Now})
		if err != nil {
			return false // there is none yet
		}
		defer offline.Close()
		all, err := offline.Annotations(h.t.Context(), metric.All)
		return err == nil && len(all) == 1 && all[0].Text == words
	})
}

func texts(t *testing.T, db string) (out []string) {
	t.Helper()
	conn := pgtest.Connect(t, db)
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), `SELECT text FROM aiops.annotations ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// An annotation that was changed here while the network was cut, and by
// somebody else in the database meanwhile, is decided by a person.
func TestAClashOnARealDatabase(t *testing.T) {
	h, wire, direct, linked := onPostgres(t)
	at := testNow.Add(-time.Hour).UnixMicro()
	if _, err := view.PutAnnotation(t.Context(), h.db, metric.Annotation{From: at, To: at, Kind: metric.Deployment, Text: "Deploy api"}); err != nil {
		t.Fatal(err)
	}
	h.copied(linked, "Deploy api")

	wire.Cut()
	h.refresh()
	h.until("the cut", func() bool { _, away := h.away(); return away })
	all, err := h.db.Annotations(t.Context(), metric.All)
	if err != nil || len(all) != 1 {
		t.Fatalf("the copy has %+v, %v", all, err)
	}
	mine := all[0]
	mine.Text = "Deploy api 4.12.0"
	if _, err := view.PutAnnotation(t.Context(), h.db, mine); err != nil {
		t.Fatal(err)
	}
	h.until("the queued change", func() bool { return h.link.Queued == 1 && h.link.Notes[mine.ID] })
	h.until("the sign at the annotation that was changed", func() bool {
		rows := h.fact.Scene().AnnotationRows()
		return len(rows) == 1 && strings.HasSuffix(rows[0].Where, ", queued")
	})
	h.shot("real-cut")
	pgtest.Exec(t, direct, `UPDATE aiops.annotations SET text = 'Deploy api 4.13.0'`)

	wire.Mend()
	h.retryLink()
	h.until("the clash", func() bool { return h.link.Online && h.link.Clashes == 1 })
	if got := texts(t, direct); len(got) != 1 || got[0] != "Deploy api 4.13.0" {
		t.Fatalf("before anybody decided, the database has %q", got)
	}
	h.bars.press("clashes")
	h.until("both sides", func() bool { return h.has("Keep mine") })
	h.shot("real-clash")
	h.find("Keep mine").Tapped(nil)
	h.until("the end of the clash", func() bool { return h.link.Clashes == 0 && h.link.Queued == 0 && h.sheet == nil })
	if got := texts(t, direct); len(got) != 1 || got[0] != "Deploy api 4.12.0" {
		t.Errorf("after the decision the database has %q", got)
	}
}
