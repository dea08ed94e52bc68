package serve

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

// event is something that happened, as streams tell it.
type event struct {
	seq  uint64
	kind string
	data []byte
}

// hub hands events out to streams. It keeps the last ones for those that come
// back, and drops streams that do not keep up.
type hub struct {
	mu      sync.Mutex
	epoch   string // of this run: numbers begin anew with each
	seq     uint64
	ring    []event
	streams map[*eventStream]bool
	most    int
	closed  bool
}

// Bounds of what is kept.
const (
	keptEvents = 1024
	ahead      = 64 // events that a stream may be behind
)

// eventStream is one who listens. Its channel is closed when it is dropped.
type eventStream struct {
	ch    chan event
	kinds []string
}

func newHub(most int) *hub {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return &hub{epoch: hex.EncodeToString(b[:]), streams: map[*eventStream]bool{}, most: most}
}

func (h *hub) id(seq uint64) string { return h.epoch + "-" + strconv.FormatUint(seq, 10) }

// publish tells everybody; value is written as JSON.
func (h *hub) publish(kind string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		return // values are of our own types, which can be written
	}
	h.spread(kind, data)
}

// spread tells everybody of this instance what is JSON already.
func (h *hub) spread(kind string, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq++
	e := event{h.seq, kind, data}
	if len(h.ring) == keptEvents {
		copy(h.ring, h.ring[1:])
		h.ring = h.ring[:keptEvents-1]
	}
	h.ring = append(h.ring, e)
	for s := range h.streams {
		if !s.wants(kind) {
			continue
		}
		select {
		case s.ch <- e:
		default: // too slow
			delete(h.streams, s)
			close(s.ch)
		}
	}
}

func (s *eventStream) wants(kind string) bool {
	if len(s.kinds) == 0 || kind == resetEvent {
		return true
	}
	for _, k := range s.kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// join begins a stream after the event that a client saw last. missed says
// that events are lost between it and what comes; full that there is no place.
func (h *hub) join(last string, kinds []string) (s *eventStream, before []event, missed, full bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.most > 0 && len(h.streams) >= h.most {
		return nil, nil, false, true
	}
	s = &eventStream{ch: make(chan event, ahead), kinds: kinds}
	h.streams[s] = true
	if last == "" {
		return s, nil, false, false
	}
	epoch, number, _ := strings.Cut(last, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || epoch != h.epoch || seq > h.seq || len(h.ring) > 0 && seq+1 < h.ring[0].seq {
		return s, nil, true, false
	}
	for _, e := range h.ring {
		if e.seq > seq && s.wants(e.kind) {
			before = append(before, e)
		}
	}
	return s, before, false, false
}

func (h *hub) leave(s *eventStream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[s] {
		delete(h.streams, s)
		close(s.ch)
	}
}

func (h *hub) listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.streams)
}

// close ends all streams.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.streams {
		delete(h.streams, s)
		close(s.ch)
	}
}
