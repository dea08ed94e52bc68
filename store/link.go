package store

import (
	"context"
	"time"
)

// Linked is a store that goes on with a local copy while its database is away.
type Linked interface {
	Store
	// Link is the state of the connection now.
	Link() Link
	// OnLink calls f after every change of Link, from any goroutine, and
	// returns what ends that.
	OnLink(f func(Link)) (stop func())
	// Retry tries to reach the database now instead of at Link.NextTry.
	Retry()
	// Clashes lists queued changes that met another one in the database.
	Clashes(ctx context.Context) ([]QueueClash, error)
	// Settle decides one of them: ours is sent in place of theirs, or dropped.
	Settle(ctx context.Context, id int64, ours bool) error
}

// Link says whether a database can be reached, and what is done without it.
type Link struct {
	Online   bool
	Since    time.Time     // of Online's last change
	Cause    error         // why it is not online
	NextTry  time.Time     // when it is tried again
	Latency  time.Duration // of the last answer
	CopiedAt time.Time     // what the local copy holds is from then; zero: there is none
	Queued   int           // changes that wait to be sent
	Clashes  int           // changes that a person must decide

	// Notes are the annotations that have changes among those; it is not changed once it is told.
	Notes map[int64]bool
}

// QueueClash is a queued change that met another one in the database.
type QueueClash struct {
	ID                 int64
	Made               time.Time
	What, Ours, Theirs string // for people: "annotation \"Deploy\"", both sides of it
}
