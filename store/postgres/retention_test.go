package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// TestRetention drops what is older than a time, while others read it, and
// takes up what was interrupted.
func TestRetention(t *testing.T) {
	url := pgtest.URL(t)
	s := partitioned(t, url)
	write(t, s, store.Replace, steps(cpu, base-90*24*hour, hour, 24*100)) // March to June
	before := metric.Time(base - 10*24*hour)
	pgtest.Exec(t, url, `CREATE SCHEMA "Old"`, `ALTER TABLE server_metrics_fact_2025_03 SET SCHEMA "Old"`)
	parts, err := Outdated(ctx, url, Options{}, before)
	if err != nil || len(parts) != 2 || parts[0].Name != "server_metrics_fact_2025_03" || parts[0].Bytes == 0 || !parts[1].To.Equal(time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("outdated %+v, %v", parts, err)
	}
	reader := pgtest.Connect(t, url)
	defer reader.Close(ctx)
	for _, statement := range []string{"BEGIN", "SELECT count(*) FROM server_metrics_fact"} {
		if _, err := reader.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	err = DropOutdated(short, url, Options{}, before, func(Part) { t.Error("it was dropped while it was read") })
	cancel()
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it is read: %v", err)
	}
	write(t, s, store.Replace, steps(cpu, base, minute, 10)) // nobody waits for it
	if _, err := reader.Exec(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	var gone []string
	if err := DropOutdated(ctx, url, Options{}, before, func(p Part) { gone = append(gone, p.Name) }); err != nil || len(gone) != 2 {
		t.Errorf("dropped %v: %v", gone, err)
	}
	consistent(t, s)
	if all, err := s.Catalog(ctx); err != nil || all[0].First != time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC).UnixMicro() {
		t.Errorf("catalog %+v, %v", all, err)
	}
}
