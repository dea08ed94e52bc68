package cache

import (
	"context"
	"slices"

	"aiops/metric"
	"aiops/store"
)

// copier copies points.
type copier struct {
	s           *Store
	catalog     []store.SeriesInfo // of the database
	infos       map[metric.Key]store.SeriesInfo
	kept        map[metric.Key][]metric.Range
	progress    func(done, total int64)
	done        *Pulled
	total, read int64
}

// look reads what there is, there and here.
func (c *copier) look(ctx context.Context) (err error) {
	if c.catalog, err = c.s.there().Catalog(ctx); err != nil {
		return err
	}
	c.infos = make(map[metric.Key]store.SeriesInfo, len(c.catalog))
	for _, i := range c.catalog {
		c.infos[i.Key] = i
	}
	c.kept, err = c.s.local.Kept(ctx)
	return err
}

// follow copies anew where points changed since the last time.
func (c *copier) follow(ctx context.Context) error {
	changed := store.Changed{Whole: true}
	follower, ok := c.s.there().(store.Follower)
	if ok {
		var since int64
		if _, err := c.s.noted(ctx, noteMark, &since); err != nil {
			return err
		}
		var err error
		if changed, err = follower.Changed(ctx, since); err != nil {
			return err
		}
	}
	parts := map[metric.Range][]metric.Key{}
	for k, ranges := range c.kept {
		where := changed.Where[k]
		if changed.Whole || c.shrunk(ctx, k) {
			where = []metric.Range{metric.All}
		}
		for _, r := range overlap(ranges, where) {
			parts[r] = append(parts[r], k)
		}
	}
	c.done.Changed = countKeys(parts)
	if err := c.copyParts(ctx, parts, false); err != nil || !ok {
		return err
	}
	return c.s.note(ctx, noteMark, changed.Mark)
}

// shrunk reports whether points of a series that the copy has whole were removed there.
func (c *copier) shrunk(ctx context.Context, k metric.Key) bool {
	i := c.infos[k]
	if ranges := c.kept[k]; len(ranges) != 1 || ranges[0].From > i.First {
		return false
	}
	own, err := c.s.local.Catalog(ctx)
	if err != nil {
		return false
	}
	n, found := slices.BinarySearchFunc(own, k, func(a store.SeriesInfo, k metric.Key) int { return a.Key.Compare(k) })
	return found && own[n].Count > i.Count
}

// mostKept is the number of points that one look makes the copy larger by, at most.
const mostKept = 5_000_000

// lacking is what the copy lacks of series, none for all of them, in a range.
func (c *copier) lacking(keys []metric.Key, r metric.Range) map[metric.Range][]metric.Key {
	if len(keys) == 0 {
		for _, i := range c.catalog {
			keys = append(keys, i.Key)
		}
	}
	if r == (metric.Range{}) {
		r = metric.All
	}
	parts := map[metric.Range][]metric.Key{}
	for _, k := range keys {
		i, ok := c.infos[k]
		if !ok || i.Count == 0 {
			continue
		}
		for _, lacks := range without(r, c.kept[k]) {
			if !lacks.Intersect(i.Range()).Empty() {
				parts[lacks] = append(parts[lacks], k)
			}
		}
	}
	return parts
}

// portions is about how many points ranges of series have.
func (c *copier) portions(parts map[metric.Range][]metric.Key) (n int64) {
	for r, keys := range parts {
		for _, k := range keys {
			n += portion(c.infos[k], r)
		}
	}
	return n
}

// copyParts copies ranges of series; with keep it notes that the copy has them.
func (c *copier) copyParts(ctx context.Context, parts map[metric.Range][]metric.Key, keep bool) error {
	c.total += c.portions(parts)
	for r, keys := range parts {
		slices.SortFunc(keys, metric.Key.Compare)
		for some := range slices.Chunk(keys, 100) {
			if err := c.copyPart(ctx, some, r, keep); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyPart makes a range of some series like it is in the database, one series after the other.
func (c *copier) copyPart(ctx context.Context, keys []metric.Key, r metric.Range, keep bool) error {
	var one metric.Series
	next := 0
	put := func() error {
		defer func() { one = metric.Series{Times: one.Times[:0], Values: one.Values[:0]}; next++ }()
		return c.put(ctx, one, r, keep)
	}
	err := c.s.there().Read(ctx, store.Query{Keys: keys, Range: r}, func(e metric.Envelope) error {
		for next < len(keys) && keys[next] != e.Key {
			one.Key = keys[next]
			if err := put(); err != nil {
				return err
			}
		}
		one.Times, one.Values = append(one.Times, e.Times...), append(one.Values, e.Mean...)
		c.read += int64(e.Len())
		c.progress(c.read, max(c.total, c.read))
		return ctx.Err()
	})
	for err == nil && next < len(keys) {
		one.Key = keys[next]
		err = put()
	}
	c.done.Points = c.read
	return err
}

// put writes a series' part into the copy.
func (c *copier) put(ctx context.Context, one metric.Series, r metric.Range, keep bool) error {
	if err := c.s.local.MirrorPoints(ctx, one, r); err != nil {
		return err
	}
	if one.Len() > 0 {
		c.done.Series++
	}
	if !keep {
		return nil
	}
	i := c.infos[one.Key]
	r = r.Intersect(metric.Range{From: metric.All.From, To: i.Last + 1})
	c.kept[one.Key] = union(append(slices.Clone(c.kept[one.Key]), r))
	return c.s.local.Keep(ctx, one.Key, c.kept[one.Key])
}

// shrink forgets what was not looked at for the longest time while the copy is too large.
func (s *Store) shrink(ctx context.Context) error {
	for {
		size, err := s.local.Size(ctx)
		if err != nil || size <= s.o.Limit {
			return err
		}
		k, found, err := s.local.LeastUsed(ctx)
		if err != nil || !found {
			return err
		}
		if err := s.local.Forget(ctx, k); err != nil {
			return err
		}
	}
}

// portion is about how many of a series' points lie in a range.
func portion(i store.SeriesInfo, r metric.Range) int64 {
	all := i.Range()
	if all.Empty() {
		return 0
	}
	return int64(float64(i.Count) * float64(r.Intersect(all).Len()) / float64(all.Len()))
}

func countKeys(parts map[metric.Range][]metric.Key) int {
	seen := map[metric.Key]bool{}
	for _, keys := range parts {
		for _, k := range keys {
			seen[k] = true
		}
	}
	return len(seen)
}
