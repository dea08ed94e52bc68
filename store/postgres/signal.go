package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// channel is the server's name for what programs tell each other.
const channel = "aiops_signals"

// Signal tells all that listen on this database.
func (s *Store) Signal(ctx context.Context, text string) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return s.convert(ctx, "tell other programs", err)
	}
	defer conn.Release()
	_, err = conn.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, text)
	return s.convert(ctx, "tell other programs", err)
}

// Listen hears what is told on this database, on a connection of its own.
func (s *Store) Listen(ctx context.Context, ready func(), heard func(text string)) error {
	pooled, err := s.begin(ctx, "LISTEN "+channel)
	if err != nil {
		return s.convert(ctx, "listen to other programs", err)
	}
	conn := pooled.Hijack() // the pool's others are for those who do not stay
	defer closeSoon(conn)
	ready()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return s.convert(ctx, "listen to other programs", err)
		}
		heard(n.Payload)
	}
}

func closeSoon(c *pgx.Conn) {
	soon, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(soon) // there is nothing left to save
}

var _ store.Signaller = (*Store)(nil)
