package serve

import (
	"context"
	"sync"

	"aiops/metric"
)

// duty hands out the series that must be looked at after writes. A series is
// with one worker at a time. What it forgets is not lost: what is not looked at
// is found in the store again. It is bounded by the number of series.
type duty struct {
	mu      sync.Mutex
	waiting map[metric.Key]bool
	taken   map[metric.Key]bool
	wake    chan struct{}
}

func newDuty() *duty {
	return &duty{waiting: map[metric.Key]bool{}, taken: map[metric.Key]bool{}, wake: make(chan struct{}, 1)}
}

// wrote notes series that have new points.
func (d *duty) wrote(keys []metric.Key) {
	d.mu.Lock()
	for _, k := range keys {
		d.waiting[k] = true
	}
	d.mu.Unlock()
	d.rouse()
}

func (d *duty) rouse() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// mostTaken is how many series are handed out at once.
const mostTaken = 256

// take waits for series and hands them out until done.
func (d *duty) take(ctx context.Context) ([]metric.Key, error) {
	for {
		if keys := d.grab(); len(keys) > 0 {
			return keys, nil
		}
		select {
		case <-d.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (d *duty) grab() (keys []metric.Key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for k := range d.waiting {
		if d.taken[k] {
			continue
		}
		delete(d.waiting, k)
		d.taken[k] = true
		if keys = append(keys, k); len(keys) == mostTaken {
			break
		}
	}
	return keys
}

// done gives series back; those written to meanwhile come again.
func (d *duty) done(keys []metric.Key) {
	d.mu.Lock()
	for _, k := range keys {
		delete(d.taken, k)
	}
	again := len(d.waiting) > 0
	d.mu.Unlock()
	if again {
		d.rouse()
	}
}

// left is how many series wait.
func (d *duty) left() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting)
}
