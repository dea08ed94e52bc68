package memory_test

import (
	"context"
	"testing"

	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
	"aiops/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New("files") })
}

// Columns of Put are shared, and a write that follows leaves them alone.
func TestPut(t *testing.T) {
	ctx := context.Background()
	s := memory.New("a.csv")
	times := append(make([]int64, 0, 10), 1, 2, 3)
	values := append(make([]float64, 0, 10), 1, 2, 3)
	k := metric.Key{VM: "a", Metric: "cpu"}
	s.Put(metric.Series{Key: k, Times: times, Values: values})
	got, err := store.Points(ctx, s, k, metric.Range{})
	if err != nil || got.Len() != 3 {
		t.Fatal(got, err)
	}
	tx, err := s.Begin(ctx, store.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Write(ctx, metric.Series{Key: k, Times: []int64{4}, Values: []float64{4}}, store.Keep); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if times[:4][3] != 0 {
		t.Error("the write went into the shared columns")
	}
	err = s.Read(ctx, store.Query{Range: metric.Range{From: 2, To: 4}}, func(e metric.Envelope) error {
		if e.Len() != 2 || e.Times[0] != 2 {
			t.Errorf("read %v", e.Times)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(10, func() {
		s.Read(ctx, store.Query{}, func(metric.Envelope) error { return nil })
	}); allocs > 20 {
		t.Errorf("reading allocates %v times", allocs)
	}
}

func TestQueue(t *testing.T) {
	storetest.RunQueue(t, func(*testing.T) store.Queue { return memory.NewQueue(nil) })
}
