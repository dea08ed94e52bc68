package store

import (
	"context"
	"errors"
	"time"

	"aiops/metric"
)

// Errors that every store converts its own errors to at its edge.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("conflict")
	ErrNewer    = errors.New("the database was written by a newer version of this program")
	ErrDamaged  = errors.New("the database is damaged")
	ErrForeign  = errors.New("the file is not a database of this program")
	ErrLocked   = errors.New("the database is in use by another program")
	ErrReadOnly = errors.New("the database is read-only")
	ErrEarly    = errors.New("a time lies in the future of the database's clock") // soon it does not
	ErrAway     = errors.New("the database cannot be reached")                    // now: trying again later may help
)

// KeptPredictions is how many predictions of a series are kept apart.
const KeptPredictions = 60

// Store holds series, annotations, predictions, alerts' history and silences. It is safe for concurrent use.
type Store interface {
	// Info describes the database for people: never a password.
	Info() Info
	// Catalog lists every series, ordered by VM and metric.
	Catalog(ctx context.Context) ([]SeriesInfo, error)
	// Read streams the query's series, ordered by key, in chunks of columns
	// with ascending times; chunks of one series follow each other. The chunk
	// is only valid during the call.
	Read(ctx context.Context, q Query, yield func(metric.Envelope) error) error
	// Begin starts a write that is wholly in or wholly out. One at a time:
	// a second one waits for the first.
	Begin(ctx context.Context, origin Origin) (Tx, error)
	// Interrupted lists the writes that were begun and neither committed nor
	// rolled back, because the program was killed: nothing of them is stored.
	// It tells each one once.
	Interrupted(ctx context.Context) ([]Origin, error)

	// Annotations lists those that touch the range, by time.
	Annotations(ctx context.Context, r metric.Range) ([]metric.Annotation, error)
	// PutAnnotation adds (ID 0) or replaces an annotation and returns its ID;
	// ErrNotFound if the ID is not there.
	PutAnnotation(ctx context.Context, a metric.Annotation) (int64, error)
	// DeleteAnnotation removes it; ErrNotFound if it is not there.
	DeleteAnnotation(ctx context.Context, id int64) error

	// PutPredictions makes each one its series' current prediction, all or none
	// of them: from its first time on it takes the place of what was predicted
	// before. A series that is not there is made. Each one is also kept apart, as
	// it is, to be compared with what came: the newest KeptPredictions a series.
	// Values are finite; a bound that is not finite is unknown and read as NaN.
	PutPredictions(ctx context.Context, all []metric.Prediction) error
	// Predictions are the current ones of the series (none: every series) inside
	// the range (the zero Range: all times), ordered by key. Model, level and when
	// it was made are those of the newest, which older values may precede.
	Predictions(ctx context.Context, keys []metric.Key, r metric.Range) ([]metric.Prediction, error)
	// PastPredictions are the series' kept ones that touch the range, whole, the
	// newest first.
	PastPredictions(ctx context.Context, k metric.Key, r metric.Range) ([]metric.Prediction, error)

	// PutTransitions adds changes of alerts' states, all or none of them. One that
	// is there already (same rule, hash, series, time and new state) is left as it is.
	PutTransitions(ctx context.Context, all []metric.Transition) error
	// Transitions are those that the query selects, by time.
	Transitions(ctx context.Context, q TransitionQuery) ([]metric.Transition, error)
	// Silences lists all of them, by ID.
	Silences(ctx context.Context) ([]metric.Silence, error)
	// PutSilence adds (ID 0) or replaces a silence and returns its ID;
	// ErrNotFound if the ID is not there.
	PutSilence(ctx context.Context, s metric.Silence) (int64, error)
	// DeleteSilence removes it; ErrNotFound if it is not there.
	DeleteSilence(ctx context.Context, id int64) error

	Close() error
}

// TransitionQuery selects changes of alerts' states. Empty fields select all.
type TransitionQuery struct {
	Range  metric.Range // the zero Range: all times
	Rule   string
	VM     string
	Metric string
	Newest int // only the newest so many; 0: all
}

// Takes reports whether a transition is one of those asked for.
func (q TransitionQuery) Takes(t metric.Transition) bool {
	return (q.Range == (metric.Range{}) || q.Range.Contains(t.Time)) && (q.Rule == "" || q.Rule == t.Rule) &&
		(q.VM == "" || q.VM == t.VM) && (q.Metric == "" || q.Metric == t.Metric)
}

// Tx is one write.
type Tx interface {
	// Write merges points into a series. The points may come in any order and
	// hold the same time twice. It may be called many times, also for one series.
	Write(ctx context.Context, s metric.Series, on OnConflict) (Written, error)
	// Annotate adds an annotation unless an equal one (all but the ID) is there.
	Annotate(ctx context.Context, a metric.Annotation) error
	Commit() error
	// Rollback undoes the write; after Commit it does nothing.
	Rollback() error
}

// BulkTx is a Tx that merges points of many series at once faster than one
// series after the other.
type BulkTx interface {
	Tx
	// WriteAll is Write for each of the series; no series is there twice.
	WriteAll(ctx context.Context, all []metric.Series, on OnConflict) ([]Written, error)
}

// WriteAll merges points into series, at once where the store can.
func WriteAll(ctx context.Context, tx Tx, all []metric.Series, on OnConflict) ([]Written, error) {
	if b, ok := tx.(BulkTx); ok {
		return b.WriteAll(ctx, all, on)
	}
	out := make([]Written, len(all))
	for i, s := range all {
		var err error
		if out[i], err = tx.Write(ctx, s, on); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Info describes a database.
type Info struct {
	Name string // shown in the header: the file's base name, "fleet"
	Kind string // "SQLite", "Postgres", "Files"
	Path string // where it is; no secrets

	From    string    // of a snapshot: the database that it was taken from
	TakenAt time.Time // of a snapshot: when
}

// Origin is where a write's points come from.
type Origin struct {
	Source string // file path, "generate"
	Began  time.Time
}

// SeriesInfo is a series without its points. An empty series has Count 0.
type SeriesInfo struct {
	metric.Key
	Count       int64
	First, Last int64
	LastValue   float64
	Step        int64 // typical distance of points in microseconds, 0 if unknown
}

// Range is from the first to the last point.
func (s SeriesInfo) Range() metric.Range {
	if s.Count == 0 {
		return metric.Range{}
	}
	return metric.Range{From: s.First, To: s.Last + 1}
}

// Query selects points.
type Query struct {
	Keys  []metric.Key // none: every series
	Range metric.Range // the zero Range: all times
	// MaxPoints > 0 allows roll-ups: where a series has more points than that
	// in the range, buckets of the finest roll-up that stays near the limit
	// come back instead, so that every extreme is still there.
	MaxPoints int
}

// OnConflict says what happens to a point whose time already has another value.
type OnConflict int

// What can be done with a conflict.
const (
	Replace OnConflict = iota // the later one wins
	Keep                      // the stored one stays, the other is reported
)

// Written counts what became of the points of a write:
// Stored + Duplicates + Replaced + len(Rejected) = points given.
type Written struct {
	Stored     int64 // new times
	Duplicates int64 // same time, same value
	Replaced   int64 // same time, other value, with Replace: the later value stands now
	Rejected   []Clash
}

// Add sums up.
func (w *Written) Add(o Written) {
	w.Stored += o.Stored
	w.Duplicates += o.Duplicates
	w.Replaced += o.Replaced
	w.Rejected = append(w.Rejected, o.Rejected...)
}

// Clash is a point that was not written because its time has another value.
type Clash struct {
	Index  int // the point's place in the columns given to Write
	Stored float64
}
