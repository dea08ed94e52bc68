package serve

import (
	"context"
	"errors"
	"time"

	"aiops/metric"
	"aiops/store"
)

// ingester stores what requests bring. Those that wait while others are stored
// go into one write together, as the database's effort for each is large.
type ingester struct {
	store store.Store
	queue chan *bringing
	told  func([]metric.Series)
}

// bringing is what one request brings.
type bringing struct {
	ctx    context.Context
	series []metric.Series
	on     store.OnConflict
	strict bool // nothing is stored if a point is rejected
	result chan brought
}

type brought struct {
	written []store.Written // a series each
	err     error
}

// Bounds of what waits and of what is stored together.
const (
	mostWaiting  = 256
	mostTogether = 20_000 // points
)

// errBusy is that too much waits to be stored.
var errBusy = errors.New("too much waits to be stored; try again in a moment")

func newIngester(st store.Store, told func([]metric.Series)) *ingester {
	return &ingester{store: st, queue: make(chan *bringing, mostWaiting), told: told}
}

// run stores until the context ends, and then what waits still.
func (g *ingester) run(ctx context.Context) {
	for {
		select {
		case b := <-g.queue:
			g.storeAll(g.gather(b))
		case <-ctx.Done():
			for {
				select {
				case b := <-g.queue:
					g.storeAll(g.gather(b))
				default:
					return
				}
			}
		}
	}
}

// bring stores series and returns what became of each.
func (g *ingester) bring(ctx context.Context, series []metric.Series, on store.OnConflict, strict bool) ([]store.Written, error) {
	b := &bringing{ctx: ctx, series: series, on: on, strict: strict, result: make(chan brought, 1)}
	select {
	case g.queue <- b:
	default:
		return nil, errBusy
	}
	select {
	case r := <-b.result:
		return r.written, r.err
	case <-ctx.Done():
		return nil, ctx.Err() // it may be stored all the same; sent again it changes nothing
	}
}

// gather takes what else waits and may go into the same write.
func (g *ingester) gather(first *bringing) []*bringing {
	all, points := []*bringing{first}, first.points()
	for points < mostTogether {
		select {
		case b := <-g.queue:
			all, points = append(all, b), points+b.points()
		default:
			return all
		}
	}
	return all
}

func (b *bringing) points() (n int) {
	for _, s := range b.series {
		n += s.Len()
	}
	return n
}

// storeAll stores requests in one write; if that fails, each on its own, so
// that nobody suffers for another's points.
func (g *ingester) storeAll(all []*bringing) {
	live := all[:0]
	for _, b := range all {
		if b.ctx.Err() == nil { // its client still waits
			live = append(live, b)
		}
	}
	if len(live) == 0 {
		return
	}
	results, err := g.store1(live)
	if err != nil && len(live) > 1 {
		for _, b := range live {
			g.storeAll([]*bringing{b})
		}
		return
	}
	if err == nil {
		var came []metric.Series
		for _, b := range live {
			came = append(came, b.series...)
		}
		g.told(came) // before it is acknowledged, so that what follows is told after it
	}
	for i, b := range live {
		r := brought{err: err}
		if err == nil {
			r.written = results[i]
		}
		b.result <- r
	}
}

// writeTime is how long one write may take.
const writeTime = time.Minute

func (g *ingester) store1(all []*bringing) (results [][]store.Written, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(all[0].ctx), writeTime)
	defer cancel()
	tx, err := g.store.Begin(ctx, store.Origin{Source: "REST"})
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		written, err := store.WriteAll(ctx, tx, b.series, b.on)
		if err == nil && b.strict {
			err = b.clash(written)
		}
		if err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
		results = append(results, written)
	}
	return results, tx.Commit()
}

// clash tells the first point that was rejected, if there is one.
func (b *bringing) clash(written []store.Written) error {
	for i, w := range written {
		if len(w.Rejected) > 0 {
			return clash{b.series[i].Key, b.series[i].Times[w.Rejected[0].Index], w.Rejected[0].Stored, b.points() == 1}
		}
	}
	return nil
}

// clash is the first point that has another value already.
type clash struct {
	metric.Key
	time   int64
	stored float64
	alone  bool // it is all that was sent
}

func (c clash) Error() string {
	text := c.Key.String() + " has the value " + string(appendValue(nil, c.stored)) + " at " + string(new(timeText).append(nil, c.time)) + " already; nothing is stored. Send on_conflict=replace to change it"
	if c.alone {
		return text + "."
	}
	return text + ", or mode=best_effort to store the others."
}

func (c clash) Unwrap() error { return store.ErrConflict }
