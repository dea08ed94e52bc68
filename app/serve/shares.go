package serve

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"math"
	"slices"
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

// begin makes the groups where they are not there yet, and takes the first ones.
func (h *shares) begin(ctx context.Context) error {
	jobs := []store.NewJob{{Kind: hereKind, Run: h.me, Key: "here", Tries: math.MaxInt32, Again: true}}
	for g := range groups {
		jobs = append(jobs, store.NewJob{Kind: groupKind, Key: strconv.Itoa(g), Tries: math.MaxInt32})
	}
	if _, err := h.q.Enqueue(ctx, jobs); err != nil {
		return err
	}
	mine, err := h.q.Take(ctx, store.Taker{Kind: hereKind, Run: h.me, Worker: h.me, Most: 1, Lease: shareLease})
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		h.here = mine[0]
	}
	return h.turn(ctx)
}

// turn lengthens what is held, gives away what others should have, and takes what nobody has.
func (h *shares) turn(ctx context.Context) error {
	if h.here.ID == 0 {
		return h.begin(ctx)
	}
	failed := []error{h.keep(ctx)}
	alive, err := h.alive(ctx)
	if err != nil {
		return errors.Join(append(failed, err)...)
	}
	most := (groups + alive - 1) / alive
	failed = append(failed, h.release(ctx, most))
	h.mu.Lock()
	free := most - len(h.held)
	h.mu.Unlock()
	if free > 0 {
		failed = append(failed, h.takeUp(ctx, free))
	}
	return errors.Join(failed...)
}

// keep lengthens the leases; what is lost belongs to another instance.
func (h *shares) keep(ctx context.Context) error {
	err := h.q.Keep(ctx, h.here, shareLease)
	if errors.Is(err, store.ErrLeaseLost) {
		h.here = store.Job{} // others thought that this instance was dead: it begins anew
		err = nil
	}
	failed := []error{err}
	h.mu.Lock()
	held := make(map[int]store.Job, len(h.held))
	for g, s := range h.held {
		held[g] = s.job
	}
	h.mu.Unlock()
	for g, j := range held {
		began := time.Now()
		err := h.q.Keep(ctx, j, shareLease)
		h.mu.Lock()
		switch s := h.held[g]; {
		case err == nil:
			s.kept = began
		case errors.Is(err, store.ErrLeaseLost) || !s.valid():
			delete(h.held, g)
		default:
			failed = append(failed, err)
		}
		h.mu.Unlock()
	}
	return errors.Join(failed...)
}

// alive counts the instances, and forgets those that are long dead.
func (h *shares) alive(ctx context.Context) (n int, err error) {
	all, err := h.q.Jobs(ctx, store.JobQuery{Kind: hereKind, State: store.Running})
	if err != nil {
		return 0, err
	}
	var newest time.Time // about now by the queue's clock, and a lease
	for _, j := range all {
		if j.Due.After(newest) {
			newest = j.Due
		}
	}
	for _, j := range all {
		switch age := newest.Sub(j.Due); {
		case age < shareLease:
			n++
		case age > time.Hour:
			if err := h.q.Cancel(ctx, j.ID); err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
				return n, err
			}
		}
	}
	return max(1, n), nil
}

// release gives groups back until so many are left; group 0 stays longest.
func (h *shares) release(ctx context.Context, most int) error {
	h.mu.Lock()
	var away []int
	for g := range h.held {
		away = append(away, g)
	}
	h.mu.Unlock()
	slices.Sort(away)
	if len(away) <= most {
		return nil
	}
	if err := h.save(ctx); err != nil {
		return err
	}
	var failed []error
	for _, g := range away[most:] {
		h.mu.Lock()
		j := h.held[g].job
		delete(h.held, g)
		h.mu.Unlock()
		if err := h.q.Fail(ctx, j, "given to another instance", 0); err != nil && !errors.Is(err, store.ErrLeaseLost) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// takeUp takes groups that nobody holds.
func (h *shares) takeUp(ctx context.Context, most int) error {
	began := time.Now()
	jobs, err := h.q.Take(ctx, store.Taker{Kind: groupKind, Worker: h.me, Most: most, Lease: shareLease})
	if err != nil || len(jobs) == 0 {
		return err
	}
	h.mu.Lock()
	for _, j := range jobs {
		g, err := strconv.Atoi(j.Key)
		if err != nil || g < 0 || g >= groups {
			continue // of another version, whose groups are not these
		}
		s := &share{job: j, kept: began}
		if json.Unmarshal(cmpOr(j.Payload, "{}"), &s.state) != nil {
			s.state = shareState{} // what it learns again does no harm
		}
		h.held[g] = s
	}
	h.mu.Unlock()
	h.gained()
	return nil
}

func cmpOr(b []byte, otherwise string) []byte {
	return []byte(cmp.Or(string(b), otherwise))
}

// end gives all away.
func (h *shares) end(ctx context.Context) error {
	err := h.release(ctx, 0)
	if h.here.ID != 0 {
		err = errors.Join(err, h.q.Done(ctx, h.here, nil))
	}
	if errors.Is(err, store.ErrLeaseLost) {
		return nil
	}
	return err
}
