package store

import (
	"context"
	"time"

	"aiops/metric"
)

// Change is what somebody changed, so that it can be done elsewhere and later.
// Exactly one of its parts is about something.
type Change struct {
	Op   string // names the change, wherever and how often it is sent
	Made time.Time
	ID   int64 // of the annotation or silence that is changed; 0: a new one

	// An annotation or silence as it was when it was changed, and as it is to
	// be: nothing before is a new one, nothing after a deleted one.
	NoteWas, Note       *metric.Annotation
	SilenceWas, Silence *metric.Silence

	Predictions []metric.Prediction
	Transitions []metric.Transition
	Import      *Imported
}

// Imported is points and annotations that a write brought.
type Imported struct {
	Source string
	Batch  string // the same in all changes of one write: they are done together or not at all
	On     OnConflict
	Series []metric.Series
	Was    [][]float64 // the values that were replaced; NaN: there was none
	Notes  []metric.Annotation
}

// Applier is a store that takes changes which were made elsewhere.
type Applier interface {
	// Apply does a change of an annotation, a silence or predictions, unless a
	// change of this name was done: then it answers as at that time. ErrConflict
	// says that what is changed is not as it was, and nothing is done; with force
	// it is done nevertheless. It returns the ID of what was changed.
	Apply(ctx context.Context, c Change, force bool) (int64, error)
}

// Follower is a store that knows where its points changed.
type Follower interface {
	// Changed tells where points were added, replaced or removed since an earlier
	// call that returned the mark; 0 is the beginning. Times are as coarse as the
	// store likes. Whole means that anything may have changed.
	Changed(ctx context.Context, since int64) (Changed, error)
}

// Changed is where points changed.
type Changed struct {
	Mark  int64 // to ask with the next time
	Whole bool
	Where map[metric.Key][]metric.Range
}
