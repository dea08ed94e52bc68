package serve

import (
	"context"
	"sync"

	"aiops/metric"
)

// Duty hands out the series that must be looked at after writes. A series is
// with one worker at a time. What it forgets is not lost: what is not looked at
// is found in the store again.
type Duty interface {
	// Wrote notes series that have new points.
	Wrote(ctx context.Context, keys []metric.Key) error
	// Take waits for series and hands them out until Done.
	Take(ctx context.Context) ([]metric.Key, error)
	// Done gives them back; those written to meanwhile come again.
	Done(keys []metric.Key)
	// Waiting is how many series wait.
	Waiting() int
}

// memoryDuty is the duty of one instance. It is bounded by the number of series.
type memoryDuty struct {
	mu      sync.Mutex
	waiting map[metric.Key]bool
	taken   map[metric.Key]bool
	wake    chan struct{}
}

// NewMemoryDuty hands out work inside this process.
func NewMemoryDuty() Duty {
	return &memoryDuty{waiting: map[metric.Key]bool{}, taken: map[metric.Key]bool{}, wake: make(chan struct{}, 1)}
}

func (d *memoryDuty) Wrote(_ context.Context, keys []metric.Key) error {
	d.mu.Lock()
	for _, k := range keys {
		d.waiting[k] = true
	}
	d.mu.Unlock()
	d.rouse()
	return nil
}

func (d *memoryDuty) rouse() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// mostTaken is how many series are handed out at once.
const mostTaken = 256

func (d *memoryDuty) Take(ctx context.Context) ([]metric.Key, error) {
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

func (d *memoryDuty) grab() (keys []metric.Key) {
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

func (d *memoryDuty) Done(keys []metric.Key) {
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

func (d *memoryDuty) Waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting)
}
