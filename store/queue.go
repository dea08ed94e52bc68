package store

import (
	"context"
	"errors"
	"time"
)

// ErrLeaseLost is that a job was given to another worker, or cancelled.
var ErrLeaseLost = errors.New("the job is no longer this worker's")

// Queuer is a store that keeps jobs.
type Queuer interface{ Jobs() Queue }

// Queue hands out jobs, each to one worker at a time. A worker that dies is
// found out when its lease ends: then another one gets the job. So a job may be
// worked on twice, and what it does must do no harm twice. It is safe for concurrent use.
type Queue interface {
	// Enqueue adds jobs and returns how many are new. One whose kind, run and key
	// are there already is left as it is, unless it is asked for Again.
	Enqueue(ctx context.Context, jobs []NewJob) (int, error)
	// Take gives at most most jobs that are due to a worker, until the lease ends;
	// none if there are none. An empty run takes those of every run. A job that its
	// workers died of too often becomes failed instead.
	Take(ctx context.Context, t Taker) ([]Job, error)
	// Keep lengthens the lease from now on; ErrLeaseLost ends the work.
	Keep(ctx context.Context, j Job, lease time.Duration) error
	// Note keeps how far a running job is as its result until it ends; ErrLeaseLost.
	Note(ctx context.Context, j Job, result []byte) error
	// Done ends a job, or makes it wait again if it was asked for meanwhile; ErrLeaseLost.
	Done(ctx context.Context, j Job, result []byte) error
	// Fail gives a job back, to be tried again after a pause, or for good when it
	// was tried often enough; ErrLeaseLost.
	Fail(ctx context.Context, j Job, reason string, pause time.Duration) error
	// Cancel ends a job that waits or runs; its worker learns it from Keep.
	// ErrNotFound if it is not there, ErrConflict if it has ended.
	Cancel(ctx context.Context, id int64) error
	// Job is one job; ErrNotFound.
	Job(ctx context.Context, id int64) (Job, error)
	// Jobs are those that the query selects, by ID.
	Jobs(ctx context.Context, q JobQuery) ([]Job, error)
	// Count tells how many jobs of a kind and run there are in each state.
	Count(ctx context.Context, kind, run string) (map[JobState]int, error)
	// Purge forgets jobs that ended before a time and returns how many.
	Purge(ctx context.Context, before time.Time) (int, error)
}

// JobState is what has become of a job.
type JobState string

// The states of jobs.
const (
	Waiting   JobState = "waiting"
	Running   JobState = "running"
	Done      JobState = "done"
	Failed    JobState = "failed"
	Cancelled JobState = "cancelled"
)

// NewJob is a job that is to be done.
type NewJob struct {
	Kind, Run, Key string
	Payload        []byte
	Tries          int  // how often it is tried; 0: 3
	Again          bool // one that has ended is done again, one that runs once more after that
}

// Job is a job in a queue.
type Job struct {
	ID             int64
	Kind, Run, Key string
	Payload        []byte
	Result         []byte
	State          JobState
	Tries, Most    int
	Lease          int64 // which of its workers this is
	Worker         string
	Error          string // of the last try
	Made           time.Time
	Due            time.Time // when it may be taken; of a running one, when its lease ends
	Finished       time.Time // zero: not yet
}

// Taker says who takes what.
type Taker struct {
	Kind, Run string
	Worker    string
	Most      int
	Lease     time.Duration
}

// JobQuery selects jobs. Empty fields select all.
type JobQuery struct {
	Kind, Run string
	State     JobState
	Newest    int // only the newest so many; 0: all
}

// DefaultTries is how often a job is tried that does not say.
const DefaultTries = 3
