package cli

import (
	"errors"
	"fmt"
	"time"

	"aiops/app"
	"aiops/metric"
	"aiops/store/cache"
)

type pullCmd struct {
	choice
	From string `name:"from" placeholder:"T" help:"From this time on, such as 2026-11-22 14:00, RFC 3339, or 24h or 7d before the newest point."`
	To   string `name:"to" placeholder:"T" help:"Up to this time."`
}

func (c *pullCmd) Run(r *run) error {
	s, err := r.copy(false)
	if err != nil {
		return err
	}
	defer s.Close()
	if l := s.Link(); !l.Online {
		return fmt.Errorf("the copy stays as it is, from %s: %w", ageText(r, l.CopiedAt), l.Cause)
	}
	rng, err := storedRange(r, s, c.From, c.To)
	if err != nil {
		return err
	}
	keys, err := c.keys(r, s)
	if err != nil {
		return err
	}
	r.bar.begin("Pulling")
	p, err := s.Pull(r.ctx, keys, rng, r.bar.progress)
	r.bar.clear()
	if err != nil {
		return fmt.Errorf("%w (%s points are copied; the next pull goes on from there)", err, metric.Grouped(p.Points))
	}
	fmt.Fprintf(r.Out, "The copy of %s is up to date: %s points of %s series came, %s series had changed.\n", s.Info().Path,
		metric.Grouped(p.Points), metric.Grouped(int64(p.Series)), metric.Grouped(int64(p.Changed)))
	return r.tellQueue(s)
}

// copy opens the database's local copy.
func (r *run) copy(offline bool) (*cache.Store, error) {
	if !app.OnServer(r.DB) {
		return nil, usageError{errors.New("only a database on a server has a local copy; name one with --db postgres://USER@HOST/DATABASE")}
	}
	return app.OpenCopy(r.ctx, r.DB, app.LinkOptions{Offline: offline, Quiet: true, Now: r.Now})
}

// tellQueue says what still waits to be sent.
func (r *run) tellQueue(s *cache.Store) error {
	l := s.Link()
	switch {
	case l.Clashes > 0:
		fmt.Fprintf(r.Out, "%d changes wait, %d of them met others; `aiops push --list` shows them\n", l.Queued, l.Clashes)
	case l.Queued > 0:
		fmt.Fprintf(r.Out, "%d changes wait; `aiops push` sends them\n", l.Queued)
	}
	return nil
}

func ageText(r *run, at time.Time) string {
	if at.IsZero() {
		return "no time yet"
	}
	return at.In(r.zone).Format("2006-01-02 15:04:05")
}
