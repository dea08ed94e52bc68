package memory

import (
	"context"
	"testing"

	"aiops/metric"
	"aiops/store"
)

func TestPyramidFollowsWrites(t *testing.T) {
	s := New("files")
	k := metric.Key{VM: "a", Metric: "cpu"}
	if s.Pyramid(k) != nil {
		t.Error("a pyramid of nothing")
	}
	s.Put(metric.Series{Key: k, Times: []int64{1, 2}, Values: []float64{3, 4}})
	p := s.Pyramid(k)
	if p == nil || p.Len() != 2 || s.Pyramid(k) != p {
		t.Fatalf("not built once: %+v", p)
	}
	ctx := context.Background()
	tx, err := s.Begin(ctx, store.Origin{Source: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Write(ctx, metric.Series{Key: k, Times: []int64{2}, Values: []float64{9}}, store.Replace); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if after := s.Pyramid(k); after == p || after.Mean[1] != 9 || p.Mean[1] != 4 {
		t.Errorf("after the write: %+v, before it: %+v", after.Mean, p.Mean)
	}
	if err := s.Close(); err != nil || s.Pyramid(k) != nil {
		t.Errorf("a pyramid of a closed store (%v)", err)
	}
}
