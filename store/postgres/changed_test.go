package postgres

import (
	"testing"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// Changed tells the hours of what this program and others add, replace and
// remove, and all where it cannot know.
func TestChanged(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	write := func(one metric.Series) {
		t.Helper()
		tx, err := s.Begin(ctx, store.Origin{Source: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Write(ctx, one, store.Replace); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	write(steps(cpu, base, minute, 1000))
	all, err := s.Changed(ctx, 0)
	if err != nil || !all.Whole || all.Mark == 0 {
		t.Fatalf("%+v, %v", all, err)
	}
	mark := all.Mark
	changed := func(want ...metric.Range) {
		t.Helper()
		c, err := s.Changed(ctx, mark)
		if err != nil || c.Whole || len(c.Where[cpu]) != len(want) {
			t.Fatalf("%+v, %v, want %v", c, err, want)
		}
		for i, r := range want {
			if c.Where[cpu][i] != r {
				t.Errorf("%v, want %v", c.Where[cpu], want)
			}
		}
		mark = c.Mark
	}
	changed()
	first := metric.Range{From: base, To: base + hour}
	write(metric.Series{Key: cpu, Times: []int64{base + minute/2}, Values: []float64{5}}) // late
	changed(first)
	pgtest.Exec(t, url, `UPDATE server_metrics_fact SET value = 3 WHERE "timestamp" = to_timestamp(1748736000 + 7200)`)
	changed(metric.Range{From: base + 2*hour, To: base + 3*hour})
	pgtest.Exec(t, url, `DELETE FROM server_metrics_fact WHERE "timestamp" = to_timestamp(1748736000)`)
	changed(first)
	if c, err := s.Changed(ctx, mark+1_000_000_000); err != nil || !c.Whole {
		t.Errorf("a mark of another database: %+v, %v", c, err)
	}
	pgtest.Exec(t, url, `ALTER TABLE server_metrics_fact DISABLE TRIGGER aiops_note_insert`)
	if c, err := open(t, url).Changed(ctx, mark); err != nil || !c.Whole {
		t.Errorf("without triggers: %+v, %v", c, err)
	}
}
