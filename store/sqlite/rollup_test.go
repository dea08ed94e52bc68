package sqlite

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// sameRollups compares every stored bucket with one made of the points.
func sameRollups(t *testing.T, s *Store) {
	t.Helper()
	all, err := s.series(ctx)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, sr := range all {
		points, err := store.Points(ctx, s, sr.Key, metric.Range{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range sr.levels {
			want := fresh(points, l.step)
			total += len(want)
			got := buckets(t, s, sr, l.step)
			if got.Len() != len(want) {
				t.Fatalf("%s: %d buckets of %d s, want %d", sr.Key, got.Len(), l.step/second, len(want))
			}
			for i, w := range want {
				near := 1e-9 * max(math.Abs(w.min), math.Abs(w.max))
				if got.Times[i] != w.start || got.Min[i] != w.min || got.Max[i] != w.max || got.Count[i] != w.count || math.Abs(got.Mean[i]-w.mean) > near {
					t.Fatalf("%s: bucket %d of %d s is %d %v %v %v %d, want %+v", sr.Key, i, l.step/second,
						got.Times[i], got.Min[i], got.Max[i], got.Mean[i], got.Count[i], w)
				}
			}
		}
	}
	var stored int
	if err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM rollups").Scan(&stored); err != nil || stored != total {
		t.Fatalf("%d buckets stored, want %d, %v", stored, total, err)
	}
}

// fresh is the plain grouping that the roll-ups must equal.
func fresh(points metric.Series, step int64) []summary {
	var out []summary
	for i, at := range points.Times {
		v := points.Values[i]
		start := int64(math.Floor(float64(at)/float64(step))) * step
		if start > at { // float64 division of times near a boundary
			start -= step
		} else if start+step <= at {
			start += step
		}
		if n := len(out); n == 0 || out[n-1].start != start {
			out = append(out, summary{start: start, min: v, max: v})
		}
		b := &out[len(out)-1]
		b.min, b.max = min(b.min, v), max(b.max, v)
		b.count++
		b.mean += (v/1024 - b.mean) / float64(b.count) // scaled: no overflow
	}
	for i := range out {
		out[i].mean *= 1024
	}
	return out
}

func buckets(t *testing.T, s *Store, sr *series, step int64) metric.Envelope {
	t.Helper()
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var out metric.Envelope
	err = sr.readBuckets(ctx, conn, step, metric.All, func(e metric.Envelope) error {
		out.Times, out.Count = append(out.Times, e.Times...), append(out.Count, e.Count...)
		out.Min, out.Max, out.Mean = append(out.Min, e.Min...), append(out.Max, e.Max...), append(out.Mean, e.Mean...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever is written in whatever order, the roll-ups equal a fresh grouping.
func TestRollupsEqualPoints(t *testing.T) {
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
		keys := []metric.Key{cpu, {VM: "web-01", Metric: "mem"}}
		for range 8 {
			tx, err := s.Begin(ctx, store.Origin{Source: "x"})
			if err != nil {
				t.Fatal(err)
			}
			for range 1 + rnd.IntN(4) {
				on := store.OnConflict(rnd.IntN(2))
				if _, err := tx.Write(ctx, scattered(rnd, keys[rnd.IntN(2)]), on); err != nil {
					t.Fatal(err)
				}
			}
			if rnd.IntN(5) == 0 {
				err = tx.Rollback()
			} else {
				err = tx.Commit()
			}
			if err != nil {
				t.Fatal(err)
			}
			sameRollups(t, s)
		}
		s.Close()
	}
}

// scattered makes points around 1970, so that times are negative too: in
// order, shuffled or with times twice, whole seconds or not, huge or small.
func scattered(rnd *rand.Rand, k metric.Key) metric.Series {
	s := metric.Series{Key: k}
	distance := []int64{1, second / 10, second, 60 * second}[rnd.IntN(4)]
	start := int64(rnd.IntN(40_000)-20_000) * second
	scale := []float64{1, 100, 1e300, math.MaxFloat64}[rnd.IntN(4)]
	for i := range 1 + rnd.IntN(2500) {
		s.Times = append(s.Times, start+int64(i)*distance)
		s.Values = append(s.Values, scale*(2*rnd.Float64()-1))
	}
	if rnd.IntN(2) == 0 {
		for range rnd.IntN(500) {
			i, j := rnd.IntN(len(s.Times)), rnd.IntN(len(s.Times))
			s.Times[i] = s.Times[j]
		}
	}
	if rnd.IntN(3) == 0 {
		rnd.Shuffle(len(s.Times), func(i, j int) { s.Times[i], s.Times[j] = s.Times[j], s.Times[i] })
	}
	return s
}

// The spacing decides: at least 32 points in a bucket, lengths that divide.
func TestLevels(t *testing.T) {
	for spacing := int64(1); spacing < 1e13; spacing = spacing*5/4 + 1 {
		levels := levelsFor(spacing)
		for i, l := range levels {
			if l.step < 32*spacing || i > 0 && (l.step%levels[i-1].step != 0 || l.step < 10*levels[i-1].step) {
				t.Errorf("spacing %d: %v", spacing, levelText(levels))
			}
		}
		if spacing < 36_000*second && len(levels) < 2 {
			t.Errorf("spacing %d: only %v", spacing, levelText(levels))
		}
	}
}

// A series that becomes denser or sparser gets other roll-ups.
func TestLevelsFollowTheSpacing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
	step := func() int64 {
		t.Helper()
		sameRollups(t, s)
		all, err := s.series(ctx)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if len(all[0].levels) == 0 {
			return 0
		}
		return all[0].levels[0].step / second
	}
	write(t, s, steps(cpu, base, 3600*second, 20))
	if got := step(); got != 0 {
		t.Errorf("20 points are rolled up to %d s", got)
	}
	write(t, s, steps(cpu, base+20*3600*second, 3600*second, 400))
	if got := step(); got != 48*3600 {
		t.Errorf("hours are rolled up to %d s", got)
	}
	write(t, s, steps(cpu, base+1000*3600*second, second, 5000))
	if got := step(); got != 60 {
		t.Errorf("seconds are rolled up to %d s", got)
	}
	write(t, s, steps(cpu, base+2000*3600*second, 600*second, 20_000))
	if got := step(); got != 12*3600 {
		t.Errorf("ten minutes are rolled up to %d s", got)
	}
}

// Points one by one, as a live source brings them.
func TestRollupsOfSinglePoints(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
	all := steps(cpu, base, 10*second, 600)
	for i := 0; i < all.Len(); i += 20 {
		var parts []metric.Series
		for j := i; j < i+20; j++ {
			parts = append(parts, metric.Series{Key: cpu, Times: all.Times[j : j+1], Values: all.Values[j : j+1]})
		}
		write(t, s, parts...)
	}
	sameRollups(t, s)
	if list, _ := s.Catalog(ctx); list[0].Step != 10*second {
		t.Errorf("%+v", list[0])
	}
}
