package serve

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"aiops/metric"
	"aiops/store"
)

// relay tells other instances on the same database what happened at this one,
// and hears what happened there. What is told is only ever news of what the
// store has: who misses it looks there.
type relay struct {
	s       *Server
	out     store.Signaller
	mu      sync.Mutex
	points  map[metric.Key]seriesNews
	waiting []relayed
	lost    bool // there was too much to tell
	wake    chan struct{}
}

// relayed is an event as it goes from one instance to others.
type relayed struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}

// signal is what goes out at once.
type signal struct {
	From   string    `json:"from"`
	Events []relayed `json:"events"`
}

// Bounds of what is told.
const (
	relayPause  = 100 * time.Millisecond // in which news of one series become one
	mostRelayed = 1000                   // events and series of a pause
	signalRoom  = store.MostSignal - 200 // for events, beside who tells them
)

func newRelay(s *Server, out store.Signaller) *relay {
	return &relay{s: s, out: out, points: map[metric.Key]seriesNews{}, wake: make(chan struct{}, 1)}
}

// add lets others know of an event.
func (r *relay) add(kind string, value any) {
	if r == nil {
		return
	}
	data, err := json.Marshal(value)
	r.mu.Lock()
	if err != nil || len(data) > signalRoom-100 || len(r.waiting) >= mostRelayed {
		r.lost = true
	} else {
		r.waiting = append(r.waiting, relayed{kind, data})
	}
	r.mu.Unlock()
	r.rouse()
}

// told lets others know of new points.
func (r *relay) told(news []seriesNews) {
	if r == nil {
		return
	}
	r.mu.Lock()
	for _, n := range news {
		k := metric.Key{VM: n.VM, Metric: n.Metric}
		was, ok := r.points[k]
		switch {
		case ok:
			r.points[k] = was.join(n)
		case len(r.points) < mostRelayed:
			r.points[k] = n
		default:
			r.lost = true
		}
	}
	r.mu.Unlock()
	r.rouse()
}

func (r *relay) rouse() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// run tells until the context ends.
func (r *relay) run(ctx context.Context) {
	for {
		select {
		case <-r.wake:
		case <-ctx.Done():
			return
		}
		for _, text := range r.messages() {
			if err := r.out.Signal(ctx, text); err != nil && ctx.Err() == nil {
				r.s.opt.Log.Warn("tell other instances", "error.message", err.Error())
				break // they find it in the store
			}
		}
		select {
		case <-time.After(relayPause):
		case <-ctx.Done():
			return
		}
	}
}

// messages takes what waits, as few texts.
func (r *relay) messages() (texts []string) {
	r.mu.Lock()
	all, points, lost := r.waiting, r.points, r.lost
	r.waiting, r.points, r.lost = nil, map[metric.Key]seriesNews{}, false
	r.mu.Unlock()
	var news []json.RawMessage
	size := 0
	flush := func() {
		if data, err := json.Marshal(news); err == nil && len(news) > 0 {
			all = append(all, relayed{pointsEvent, data})
		}
		news, size = nil, 0
	}
	for _, n := range points {
		data, err := json.Marshal(n)
		if err != nil {
			continue // our own type can be written
		}
		if size += len(data) + 1; size > signalRoom-100 {
			flush()
			size = len(data) + 1
		}
		news = append(news, data)
	}
	flush()
	if lost {
		all = append(all, relayed{Kind: resetEvent})
	}
	return r.pack(all)
}

// pack puts events into texts that are short enough.
func (r *relay) pack(all []relayed) (texts []string) {
	m, size := signal{From: r.s.me}, 0
	flush := func() {
		if text, err := json.Marshal(m); err == nil && len(m.Events) > 0 {
			texts = append(texts, string(text))
		}
		m.Events, size = nil, 0
	}
	for _, e := range all {
		n := len(e.Data) + len(e.Kind) + 30
		if size+n > signalRoom {
			flush()
		}
		m.Events, size = append(m.Events, e), size+n
	}
	flush()
	return texts
}

// listen hears other instances until the context ends.
func (r *relay) listen(ctx context.Context) {
	first := true
	for pause := relayPause; ctx.Err() == nil; pause = min(2*pause, 10*time.Second) {
		err := r.out.Listen(ctx, func() {
			pause = relayPause
			if !first {
				r.s.missed()
			}
			first = false
		}, r.heard)
		if ctx.Err() == nil {
			r.s.opt.Log.Warn("other instances are not heard for now", "error.message", err.Error())
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// heard takes in what another instance tells.
func (r *relay) heard(text string) {
	var m signal
	if json.Unmarshal([]byte(text), &m) != nil || m.From == r.s.me {
		return // of a version that tells in another way, or one's own
	}
	for _, e := range m.Events {
		switch e.Kind {
		case resetEvent:
			r.s.missed()
			continue
		case pointsEvent:
			var news []seriesNews
			if json.Unmarshal(e.Data, &news) != nil {
				continue
			}
			keys := make([]metric.Key, len(news))
			for i, n := range news {
				keys[i] = metric.Key{VM: n.VM, Metric: n.Metric}
			}
			r.s.stale()
			r.s.attend(keys)
		case jobEvent:
			r.s.stale()
			var row jobRow
			if json.Unmarshal(e.Data, &row) == nil && row.Status == string(store.Cancelled) {
				r.s.jobs.halt(row.ID)
			}
			r.s.jobs.rouse()
		case changeEvent:
			r.s.stale()
		}
		r.s.hub.spread(e.Kind, e.Data)
	}
}

// missed says that something may have happened elsewhere that was not heard.
func (s *Server) missed() {
	s.stale()
	s.hub.spread(resetEvent, []byte("{}"))
	s.jobs.rouse()
	if s.watch != nil {
		s.watch.sweepSoon()
	}
}

// tell tells streams of this instance and of others.
func (s *Server) tell(kind string, value any) {
	s.hub.publish(kind, value)
	s.relay.add(kind, value)
}
