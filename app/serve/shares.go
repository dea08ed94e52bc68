package serve

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"math"
	"strconv"
	"sync"
	"time"

	"aiops/metric"
	"aiops/store"
)

// shares divides the series among the instances on one database. A series
// belongs to one of a few groups, and a group is a job of the store's queue that
// one instance holds by a lease: so a series is looked at in one place at a
// time, and the groups of an instance that dies go to others.
type shares struct {
	q      store.Queue
	me     string
	gained func()
	mu     sync.Mutex
	here   store.Job // says that this instance lives
	held   map[int]*share
}

// share is a group that this instance holds.
type share struct {
	job   store.Job
	kept  time.Time // when its lease was lengthened last
	state shareState
	dirty bool
}

// shareState is what the next holder of a group must know. It lies in the job.
type shareState struct {
	Told *int64           `json:"told,omitempty"` // the last change of an alert that people know; group 0
	Seen map[string]int64 `json:"seen,omitempty"` // up to where each series was searched
}

// How the series are divided. Whoever holds group 0 evaluates the rules.
const (
	groups     = 8
	shareLease = 12 * time.Second
	shareTurn  = 3 * time.Second
	groupKind  = "watch"
	hereKind   = "instance"
)

func newShares(q store.Queue, me string, gained func()) *shares {
	return &shares{q: q, me: me, gained: gained, held: map[int]*share{}}
}

func groupOf(k metric.Key) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(k.VM + "\x00" + k.Metric)) // never fails
	return int(h.Sum32() % groups)
}

// valid is a share whose lease has surely not ended.
func (s *share) valid() bool { return s != nil && time.Since(s.kept) < shareLease-time.Second }

// owns reports whether a series is this instance's.
func (h *shares) owns(k metric.Key) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.held[groupOf(k)].valid()
}

// leads tells whether this instance evaluates the rules, since which lease, and
// up to where changes were told.
func (h *shares) leads() (lease int64, told *int64, yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.held[0]
	if !s.valid() {
		return 0, nil, false
	}
	return s.job.Lease, s.state.Told, true
}

// count is how many groups are held.
func (h *shares) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.held)
}

// told keeps up to where people know the changes of alerts.
func (h *shares) told(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.held[0]; s != nil && (s.state.Told == nil || *s.state.Told != id) {
		s.state.Told, s.dirty = &id, true
	}
}

// seen is up to where a series was searched by whoever did it.
func (h *shares) seen(k metric.Key) (t int64, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.held[groupOf(k)]; s != nil {
		t, ok = s.state.Seen[k.String()]
	}
	return t, ok
}

// saw keeps up to where a series was searched.
func (h *shares) saw(k metric.Key, t int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.held[groupOf(k)]
	if s == nil || s.state.Seen[k.String()] >= t {
		return
	}
	if s.state.Seen == nil {
		s.state.Seen = map[string]int64{}
	}
	s.state.Seen[k.String()], s.dirty = t, true
}

// save writes what the next holders must know.
func (h *shares) save(ctx context.Context) error {
	h.mu.Lock()
	var jobs []store.NewJob
	for g, s := range h.held {
		if !s.dirty {
			continue
		}
		text, err := json.Marshal(s.state)
		if err != nil {
			h.mu.Unlock()
			return err
		}
		s.dirty = false
		jobs = append(jobs, store.NewJob{Kind: groupKind, Key: strconv.Itoa(g), Payload: text, Tries: math.MaxInt32, Again: true})
	}
	h.mu.Unlock()
	if len(jobs) == 0 {
		return nil
	}
	_, err := h.q.Enqueue(ctx, jobs)
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, s := range h.held {
			s.dirty = true
		}
	}
	return err
}
