package store

import "context"

// MostSignal is how many bytes a signal may have.
const MostSignal = 7900

// Signaller is a store through which the programs on one database tell each
// other short texts at once. What is told while nobody listens is lost.
type Signaller interface {
	// Signal tells all that listen, this program too.
	Signal(ctx context.Context, text string) error
	// Listen hears what is told until the context ends or the connection breaks;
	// ready is called as soon as nothing is missed any more.
	Listen(ctx context.Context, ready func(), heard func(text string)) error
}
