package storetest

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"aiops/metric"
	"aiops/store"
)

func testEmpty(t *testing.T, s store.Store) {
	if s.Info().Kind == "" || s.Info().Name == "" {
		t.Errorf("info %+v", s.Info())
	}
	if all, err := s.Catalog(ctx); err != nil || len(all) != 0 {
		t.Errorf("catalog %v, %v", all, err)
	}
	if all, err := store.Envelopes(ctx, s, store.Query{}); err != nil || len(all) != 0 {
		t.Errorf("read %v, %v", all, err)
	}
	if _, err := store.Points(ctx, s, cpu, metric.Range{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("points of an unknown series: %v", err)
	}
	if all, err := s.Annotations(ctx, metric.Range{}); err != nil || len(all) != 0 {
		t.Errorf("annotations %v, %v", all, err)
	}
	counts(t, write(t, s, store.Replace, metric.Series{Key: cpu}), 0, 0, 0)
	if i := info(t, s, cpu); i.Count != 0 {
		t.Errorf("a write of nothing stored %+v", i)
	}
}

func testRoundTrip(t *testing.T, s store.Store) {
	want := line(cpu, base, 20_000) // more than one chunk
	counts(t, write(t, s, store.Replace, want), 20_000, 0, 0)
	same(t, read(t, s, cpu, metric.Range{}), want)

	more := line(cpu, base+20_000*minute, 5)
	tx := begin(t, s)
	for i := range more.Times { // one point a call
		w, err := tx.Write(ctx, series(cpu, more.Times[i:i+1], more.Values[i]), store.Keep)
		if err != nil {
			t.Fatal(err)
		}
		counts(t, w, 1, 0, 0)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s, cpu, metric.Range{From: more.Times[0], To: more.Times[4] + 1}), more)
}

func testExtremes(t *testing.T, s store.Store) {
	values := []float64{0, -1, 1, -0.1, 1e-300, math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64,
		1 << 53, 1<<53 + 2, 1 << 62, 9.223372036854775807e18, -9.223372036854775808e18, 1e19, 123456.789, 1.0 / 3}
	times := []int64{-(1 << 33) * second / 2, -62 * minute, -1, 0, 1, 999_999, second, base, base + 1, base + 123_456, base + 999_999,
		base + second, 1<<31*second + 1, 1<<32*second - 1, 1<<32*second + 1, (1<<33)*second - 1}
	want := series(cpu, times, values...)
	counts(t, write(t, s, store.Keep, want), int64(len(times)), 0, 0)
	same(t, read(t, s, cpu, metric.Range{}), want)
	counts(t, write(t, s, store.Keep, want), 0, int64(len(times)), 0)

	one := series(metric.Key{VM: "Größe 1\"'", Metric: "disk used; %"}, []int64{base}, 42)
	write(t, s, store.Keep, one)
	same(t, read(t, s, one.Key, metric.Range{}), one)
	want1 := store.SeriesInfo{Key: one.Key, Count: 1, First: base, Last: base, LastValue: 42}
	if got := info(t, s, one.Key); got != want1 {
		t.Errorf("series of one point: %+v", got)
	}
}

func testKeyOrder(t *testing.T, s store.Store) {
	keys := []metric.Key{{VM: "b", Metric: "cpu"}, {VM: "a", Metric: "mem"}, {VM: "a", Metric: "cpu"}, {VM: "B", Metric: "cpu"}, {VM: "a-1", Metric: "cpu"}}
	for _, k := range keys {
		write(t, s, store.Replace, line(k, base, 3))
	}
	sorted := slices.SortedFunc(slices.Values(keys), metric.Key.Compare)
	check := func(q store.Query, want []metric.Key) {
		t.Helper()
		var got []metric.Key
		if err := s.Read(ctx, q, func(e metric.Envelope) error { got = append(got, e.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("read in order %v, want %v", got, want)
		}
	}
	check(store.Query{}, sorted)
	twice := []metric.Key{keys[0], keys[2], keys[0], {VM: "nobody", Metric: "cpu"}}
	check(store.Query{Keys: twice}, []metric.Key{keys[2], keys[0]})
	for len(twice) < 5000 { // a long list of keys
		twice = append(twice, keys[0])
	}
	check(store.Query{Keys: twice}, []metric.Key{keys[2], keys[0]})
	all, err := s.Catalog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range sorted {
		if all[i].Key != k {
			t.Fatalf("catalog in order %v, want %v", all, sorted)
		}
	}
}

func testRanges(t *testing.T, s store.Store) {
	whole := line(cpu, base, 100)
	write(t, s, store.Replace, whole)
	for _, r := range []metric.Range{
		{From: base, To: base + 1}, {From: base + 1, To: base + minute}, {From: base + 1, To: base + minute + 1},
		{From: base - minute, To: base}, {From: base + 99*minute, To: base + 100*minute}, metric.All,
		{From: base + 10*minute, To: base + 20*minute}, {From: base + 200*minute, To: base + 300*minute}, {From: base + 5, To: base + 5},
	} {
		same(t, read(t, s, cpu, r), whole.Slice(r))
	}
}

func testCatalog(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 10))
	write(t, s, store.Replace, line(cpu, base-10*minute, 3), line(cpu, base+20*minute, 2))
	want := store.SeriesInfo{Key: cpu, Count: 15, First: base - 10*minute, Last: base + 21*minute, LastValue: 0.5, Step: minute}
	if got := info(t, s, cpu); got != want {
		t.Errorf("catalog %+v, want %+v", got, want)
	}
	write(t, s, store.Replace, series(cpu, []int64{base + 21*minute}, 7))
	if got := info(t, s, cpu); got.LastValue != 7 || got.Count != 15 {
		t.Errorf("after the last value was replaced: %+v", got)
	}
	other, none := metric.Key{VM: "web-02", Metric: "cpu"}, metric.Key{VM: "web-01", Metric: "none"}
	write(t, s, store.Replace, line(other, base, 10))
	for _, asked := range [][]metric.Key{{cpu}, {other, cpu, other}, {none, cpu}, {none}, nil} {
		found, err := store.Find(ctx, s, asked)
		all, err2 := s.Catalog(ctx)
		all = slices.DeleteFunc(all, func(i store.SeriesInfo) bool { return !slices.Contains(asked, i.Key) })
		if err != nil || err2 != nil || !slices.Equal(found, all) {
			t.Errorf("%v: found %+v, want %+v, %v %v", asked, found, all, err, err2)
		}
	}
	if r := info(t, s, cpu).Range(); r != (metric.Range{From: base - 10*minute, To: base + 21*minute + 1}) {
		t.Errorf("range %+v", r)
	}
}

func testInsideCall(t *testing.T, s store.Store) {
	times := []int64{3, 1, 2, 1, 3, 1}
	counts(t, write(t, s, store.Replace, series(cpu, times, 30, 10, 20, 11, 30, 12)), 3, 1, 2)
	same(t, read(t, s, cpu, metric.Range{}), series(cpu, []int64{1, 2, 3}, 12, 20, 30))

	k := metric.Key{VM: "web-02", Metric: "cpu"}
	counts(t, write(t, s, store.Keep, series(k, times, 30, 10, 20, 11, 30, 12)), 3, 1, 0,
		store.Clash{Index: 3, Stored: 10}, store.Clash{Index: 5, Stored: 10})
	same(t, read(t, s, k, metric.Range{}), series(k, []int64{1, 2, 3}, 10, 20, 30))
}

func testAgainstStored(t *testing.T, s store.Store) {
	write(t, s, store.Replace, series(cpu, []int64{10, 20, 30, 40}, 1, 2, 3, 4))
	again := series(cpu, []int64{50, 40, 25, 20, 10}, 5, 44, 2.5, 2, 11)
	counts(t, write(t, s, store.Keep, again), 2, 1, 0, store.Clash{Index: 1, Stored: 4}, store.Clash{Index: 4, Stored: 1})
	same(t, read(t, s, cpu, metric.Range{}), series(cpu, []int64{10, 20, 25, 30, 40, 50}, 1, 2, 2.5, 3, 4, 5))
	counts(t, write(t, s, store.Replace, again), 0, 3, 2)
	same(t, read(t, s, cpu, metric.Range{}), series(cpu, []int64{10, 20, 25, 30, 40, 50}, 11, 2, 2.5, 3, 44, 5))
	// There and back again: two replacements that change nothing.
	counts(t, write(t, s, store.Replace, series(cpu, []int64{10, 10}, 0, 11)), 0, 0, 2)
	same(t, read(t, s, cpu, metric.Range{To: 11, From: 10}), series(cpu, []int64{10}, 11))

	// Calls of one write see what earlier ones stored.
	tx := begin(t, s)
	for i, want := range []store.Written{{Stored: 1}, {Duplicates: 1}, {Replaced: 1}} {
		got, err := tx.Write(ctx, series(cpu, []int64{15}, float64(i/2)), store.Replace)
		if err != nil {
			t.Fatal(err)
		}
		counts(t, got, want.Stored, want.Duplicates, want.Replaced)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// testRandomWrites compares with a plain map.
func testRandomWrites(t *testing.T, s store.Store) {
	rnd := rand.New(rand.NewPCG(1, 2))
	model := map[int64]float64{}
	for range 12 {
		tx := begin(t, s)
		on := store.OnConflict(rnd.IntN(2))
		for range 1 + rnd.IntN(3) {
			batch, want := randomBatch(rnd, model, on)
			got, err := tx.Write(ctx, batch, on)
			if err != nil {
				t.Fatal(err)
			}
			counts(t, got, want.Stored, want.Duplicates, want.Replaced, want.Rejected...)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		var want metric.Series
		want.Key = cpu
		for at := range model {
			want.Times = append(want.Times, at)
		}
		slices.Sort(want.Times)
		for _, at := range want.Times {
			want.Values = append(want.Values, model[at])
		}
		same(t, read(t, s, cpu, metric.Range{}), want)
		got := info(t, s, cpu)
		if n := want.Len(); got.Count != int64(n) || got.First != want.Times[0] || got.Last != want.Times[n-1] || got.LastValue != want.Values[n-1] {
			t.Fatalf("catalog %+v does not fit %d points", got, n)
		}
	}
}

func randomBatch(rnd *rand.Rand, model map[int64]float64, on store.OnConflict) (metric.Series, store.Written) {
	b := metric.Series{Key: cpu}
	var w store.Written
	span := 1 + rnd.IntN(20_000)
	start := base + int64(rnd.IntN(20_000))*second
	for i := range rnd.IntN(6_000) {
		at, v := start+int64(rnd.IntN(span))*second, float64(rnd.IntN(3))
		b.Times, b.Values = append(b.Times, at), append(b.Values, v)
		old, found := model[at]
		switch {
		case !found:
			w.Stored++
		case old == v:
			w.Duplicates++
			continue
		case on == store.Keep:
			w.Rejected = append(w.Rejected, store.Clash{Index: i, Stored: old})
			continue
		default:
			w.Replaced++
		}
		model[at] = v
	}
	return b, w
}

func testBadPoints(t *testing.T, s store.Store) {
	for _, bad := range []metric.Series{
		series(cpu, []int64{base}, math.NaN()),
		series(cpu, []int64{base}, math.Inf(-1)),
		series(cpu, []int64{base, base + 1}, 1),
		series(cpu, []int64{math.MaxInt64}, 1),
		series(metric.Key{VM: "web-01"}, []int64{base}, 1),
		series(metric.Key{Metric: "cpu"}, []int64{base}, 1),
	} {
		tx := begin(t, s)
		if _, err := tx.Write(ctx, line(cpu, base, 3), store.Replace); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Write(ctx, bad, store.Replace); err == nil {
			t.Errorf("%+v was taken", bad)
		}
		if err := tx.Commit(); err == nil {
			t.Error("a failed write was committed")
		}
	}
	if got := read(t, s, cpu, metric.Range{}); got.Len() != 0 {
		t.Errorf("failed writes left %d points", got.Len())
	}
}

// testMaxPoints: what comes back instead of points covers all of them.
func testMaxPoints(t *testing.T, s store.Store) {
	rnd := rand.New(rand.NewPCG(3, 4))
	whole := line(cpu, base, 50_000)
	for i := range whole.Values {
		whole.Values[i] = math.Round(rnd.NormFloat64()*1000) / 10
	}
	whole.Values[31_234] = 1e6
	write(t, s, store.Replace, whole)
	for _, q := range []store.Query{{MaxPoints: 100}, {MaxPoints: 1000}, {MaxPoints: 100_000},
		{MaxPoints: 300, Range: metric.Range{From: base + 10_007*minute, To: base + 40_003*minute}}} {
		all, err := store.Envelopes(ctx, s, q)
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		want := whole
		if q.Range != (metric.Range{}) {
			want = whole.Slice(q.Range)
		}
		covers(t, all[0], want)
	}
	all, err := store.Envelopes(ctx, s, store.Query{MaxPoints: whole.Len()})
	if err != nil || all[0].Step != 0 {
		t.Fatal("points that the limit allows were rolled up", err)
	}
	same(t, metric.Series{Key: cpu, Times: all[0].Times, Values: all[0].Mean}, whole)
}

// covers checks that each point lies in a bucket whose extremes enclose it and
// that no bucket is empty.
func covers(t *testing.T, e metric.Envelope, want metric.Series) {
	t.Helper()
	if e.Step == 0 {
		same(t, metric.Series{Key: e.Key, Times: e.Times, Values: e.Mean}, want)
		return
	}
	if !slices.IsSorted(e.Times) {
		t.Fatal("buckets are not in order")
	}
	for i, at := range want.Times {
		b, found := slices.BinarySearch(e.Times, at)
		if !found {
			b--
		}
		if b < 0 || at >= e.Times[b]+e.Step || want.Values[i] < e.Min[b] || want.Values[i] > e.Max[b] {
			t.Fatalf("point %d lies in no bucket of %d s", i, e.Step/second)
		}
	}
	if n := e.Points(); n < int64(want.Len()) || n > int64(want.Len())+2*e.Step/minute {
		t.Errorf("buckets count %d points of %d", n, want.Len())
	}
}
