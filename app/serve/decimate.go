package serve

import (
	"context"
	"errors"
	"math"

	"aiops/metric"
	"aiops/store"
)

// mostBuckets is how many rows of a series a decimated answer has at most.
const mostBuckets = 100_000

// errCoarse says that roll-ups do not fit into the steps that are asked for.
var errCoarse = errors.New("roll-ups do not fit")

// decimated writes a row a step: from roll-ups where they fit into the steps,
// from the points otherwise.
func (s *Server) decimated(ctx context.Context, c Chosen, r metric.Range, step int64, p *pointWriter) error {
	p.bucket = true
	keys, all, err := s.keys(ctx, c)
	if err != nil {
		return err
	}
	if all {
		if keys, _, err = s.named(ctx); err != nil {
			return err
		}
	}
	r.From = floorTo(r.From, step)
	p.begin()
	for _, k := range keys {
		d := decimator{step: step, r: r}
		q := store.Query{Keys: []metric.Key{k}, Range: r, MaxPoints: int(4 * (r.Len()/step + 1))}
		err := s.store.Read(ctx, q, d.add)
		if errors.Is(err, errCoarse) {
			d = decimator{step: step, r: r}
			q.MaxPoints = 0
			err = s.store.Read(ctx, q, d.add)
		}
		if err != nil {
			return err
		}
		d.out.Key = k
		if err := p.write(d.end()); err != nil {
			return err
		}
	}
	p.end()
	return nil
}

// named lists every series by name.
func (s *Server) named(ctx context.Context) ([]metric.Key, bool, error) {
	infos, err := s.infos(ctx, Chosen{})
	keys := make([]metric.Key, len(infos))
	for i, info := range infos {
		keys[i] = info.Key
	}
	return keys, true, err
}

// decimator puts points and buckets of a series into steps.
type decimator struct {
	step int64
	r    metric.Range
	out  metric.Envelope
}

func (d *decimator) add(e metric.Envelope) error {
	if e.Step != 0 && d.step%e.Step != 0 {
		return errCoarse
	}
	for i, t := range e.Times {
		if !d.r.Contains(t) {
			continue
		}
		n := int64(1)
		if e.Count != nil {
			n = e.Count[i]
		}
		d.take(floorTo(t, d.step), e.Min[i], e.Max[i], e.Mean[i], n)
	}
	return nil
}

func (d *decimator) take(at int64, lo, hi, mean float64, n int64) {
	o := &d.out
	last := len(o.Times) - 1
	if last < 0 || o.Times[last] != at {
		o.Times, o.Min, o.Max, o.Mean, o.Count = append(o.Times, at), append(o.Min, lo), append(o.Max, hi), append(o.Mean, mean), append(o.Count, n)
		return
	}
	o.Min[last], o.Max[last] = math.Min(o.Min[last], lo), math.Max(o.Max[last], hi)
	o.Count[last] += n
	o.Mean[last] += (mean - o.Mean[last]) * (float64(n) / float64(o.Count[last]))
}

func (d *decimator) end() metric.Envelope {
	d.out.Step = d.step
	return d.out
}

// floorTo is the start of the step that a time lies in.
func floorTo(t, step int64) int64 {
	b := t - t%step
	if b > t {
		b -= step
	}
	return b
}
