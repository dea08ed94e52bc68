package cache

import (
	"testing"

	"aiops/metric"
	"aiops/store"
)

// inParts queues an import as several changes.
func inParts(t *testing.T, s *Store, all metric.Series, n int) {
	t.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "big.csv"})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < all.Len(); i += n {
		part := metric.Series{Key: all.Key, Times: all.Times[i:min(i+n, all.Len())], Values: all.Values[i:min(i+n, all.Len())]}
		if _, err := tx.Write(ctx, part, store.Replace); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// An import that was queued in parts is one write in the database, whatever
// comes in between; where the answer was lost it is sent again and changes nothing.
func TestImportIsSentInOneWrite(t *testing.T) {
	both(t, func(t *testing.T, remote store.Store) {
		write(t, remote, line(cpu, 10, 1))
		s, w := linked(t, remote)
		s.o.change = 100
		pull(t, s)
		cut(s, w)
		big := metric.Key{VM: "big", Metric: "cpu"}
		inParts(t, s, line(big, 450, 1), 100)
		inParts(t, s, line(metric.Key{VM: "next", Metric: "cpu"}, 150, 1), 100)
		if l := s.Link(); l.Queued != 7 {
			t.Fatalf("link %+v", l)
		}
		first, err := s.local.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.set(false)
		sent, err := s.writeImport(ctx, *first) // and killed before it is noted
		if err != nil || len(sent) != 5 {
			t.Fatalf("%d changes in one write, %v", len(sent), err)
		}
		if got := points(t, remote, big); got.Len() != 450 {
			t.Errorf("%d points", got.Len())
		}
		back(t, s, w)
		if l := s.Link(); l.Queued != 0 || l.Clashes != 0 {
			t.Errorf("link %+v", l)
		}
		if got, next := points(t, remote, big), points(t, remote, metric.Key{VM: "next", Metric: "cpu"}); got.Len() != 450 || next.Len() != 150 {
			t.Errorf("%d and %d points", got.Len(), next.Len())
		}
	})
}

// What the database refuses of an import keeps all of it out, until a person
// decides for all of it.
func TestRefusedImportStaysTogether(t *testing.T) {
	remote := server(t)
	s, w := linked(t, remote)
	s.o.change = 100
	write(t, remote, line(cpu, 10, 1))
	pull(t, s)
	cut(s, w)
	ahead := line(metric.Key{VM: "ahead", Metric: "cpu"}, 300, 1)
	ahead.Times[250] = s.o.Now().UnixMicro() + 1_000_000*3600*24*365 // the last part lies in the future
	inParts(t, s, ahead, 100)
	back(t, s, w)
	clashes, err := s.Clashes(ctx)
	if err != nil || len(clashes) != 1 || points(t, remote, ahead.Key).Len() != 0 {
		t.Fatalf("clashes %+v, %d points, %v", clashes, points(t, remote, ahead.Key).Len(), err)
	}
	if err := s.Settle(ctx, clashes[0].ID, false); err != nil {
		t.Fatal(err)
	}
	back(t, s, w)
	if l := s.Link(); l.Queued != 0 || points(t, remote, ahead.Key).Len() != 0 || points(t, s.local, ahead.Key).Len() != 0 {
		t.Errorf("link %+v", l)
	}
}
