package cli

import (
	"errors"
	"fmt"

	"aiops/store"
	"aiops/store/cache"
)

type pushCmd struct {
	List   bool    `name:"list" help:"Only list what waits; nothing is sent."`
	Ours   []int64 `name:"ours" placeholder:"ID" help:"Of this clash, take what was made offline (may be repeated)."`
	Theirs []int64 `name:"theirs" placeholder:"ID" help:"Of this clash, take what is in the database and drop what was made offline (may be repeated)."`
}

func (c *pushCmd) Run(r *run) error {
	if c.List && len(c.Ours)+len(c.Theirs) > 0 {
		return usageError{errors.New("--list sends nothing; leave it out to settle clashes")}
	}
	s, err := r.copy(c.List)
	if err != nil {
		return err
	}
	defer s.Close()
	if c.List {
		return r.listQueue(s)
	}
	for _, id := range c.Ours {
		if err := settle(r, s, id, true); err != nil {
			return err
		}
	}
	for _, id := range c.Theirs {
		if err := settle(r, s, id, false); err != nil {
			return err
		}
	}
	before := s.Link().Queued
	if err := s.Push(r.ctx); err != nil {
		return fmt.Errorf("%d changes still wait: %w", s.Link().Queued, err)
	}
	if before == 0 {
		fmt.Fprintln(r.Out, "All changes are sent.")
		return nil
	}
	return r.listQueue(s)
}

func settle(r *run, s *cache.Store, id int64, ours bool) error {
	err := s.Settle(r.ctx, id, ours)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no clash %d; `aiops push --list` lists them", id)
	}
	return err
}

func (r *run) listQueue(s *cache.Store) error {
	all, err := s.Queue(r.ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(r.Out, "All changes are sent.")
		return nil
	}
	clashes := 0
	for _, q := range all {
		fmt.Fprintf(r.Out, "%d  %s, made %s\n", q.ID, q.What, q.Made.In(r.zone).Format("2006-01-02 15:04:05"))
		fmt.Fprintf(r.Out, "   here: %s\n", q.Ours)
		if q.Theirs != "" {
			clashes++
			fmt.Fprintf(r.Out, "   there: %s\n", q.Theirs)
		}
	}
	if clashes > 0 {
		fmt.Fprintf(r.Out, "%d of %d met others in the database: `aiops push --ours ID` takes what was made here, `aiops push --theirs ID` what is there.\n", clashes, len(all))
	} else {
		fmt.Fprintf(r.Out, "%d wait; `aiops push` sends them.\n", len(all))
	}
	return nil
}
