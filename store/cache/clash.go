package cache

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// Clashes lists queued changes that met another one in the database.
func (s *Store) Clashes(ctx context.Context) ([]store.QueueClash, error) {
	all, err := s.local.Outbox(ctx)
	if err != nil {
		return nil, err
	}
	var out []store.QueueClash
	for _, q := range all {
		if q.State == sqlite.Clash {
			out = append(out, clashOf(q))
		}
	}
	return out, nil
}

// Queue lists all changes that wait to be sent; Theirs is empty where none met another one.
func (s *Store) Queue(ctx context.Context) ([]store.QueueClash, error) {
	all, err := s.local.Outbox(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]store.QueueClash, len(all))
	for i, q := range all {
		out[i] = clashOf(q)
	}
	return out, nil
}

// Settle decides a clash. What is decided for the database is forgotten here.
func (s *Store) Settle(ctx context.Context, id int64, ours bool) error {
	all, err := s.local.Outbox(ctx)
	if err != nil {
		return err
	}
	for _, q := range all {
		if q.ID != id || q.State != sqlite.Clash {
			continue
		}
		if ours {
			q.State = sqlite.Ours
			err = s.local.Mark(ctx, q)
		} else {
			err = s.giveUp(ctx, q)
		}
		s.recount(ctx)
		s.hurry()
		return err
	}
	return fmt.Errorf("settle change %d: %w", id, store.ErrNotFound)
}

// giveUp drops a change and what it did in the copy; with it goes what waits
// behind it and belongs to the same import.
func (s *Store) giveUp(ctx context.Context, q sqlite.Queued) error {
	ids, all, last := []int64{q.ID}, []metric.Key(nil), &q
	for last.Import != nil {
		for _, one := range last.Import.Series {
			all = append(all, one.Key)
		}
		next, err := s.local.Following(ctx, last.ID, last.Import.Batch)
		if err != nil {
			return err
		}
		if next == nil {
			break
		}
		ids, last = append(ids, next.ID), next
	}
	if err := s.local.Drop(ctx, ids...); err != nil {
		return err
	}
	if err := s.forget(ctx, all); err != nil {
		return err
	}
	for _, p := range q.Predictions {
		s.want(want{keys: []metric.Key{p.Key}, foreseen: true})
	}
	if s.online() == nil {
		return nil // the next refresh does it
	}
	return s.remarks(ctx)
}

// forget takes points of series out of the copy, and asks for them again.
func (s *Store) forget(ctx context.Context, keys []metric.Key) error {
	kept, err := s.local.Kept(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(keys, metric.Key.Compare)
	for _, k := range slices.Compact(keys) {
		if err := s.local.Forget(ctx, k); err != nil {
			return err
		}
		for _, r := range kept[k] {
			s.want(want{keys: []metric.Key{k}, r: r})
		}
	}
	return nil
}

// clashOf says a queued change in words.
func clashOf(q sqlite.Queued) store.QueueClash {
	c := store.QueueClash{ID: q.ID, Made: q.Made, Theirs: q.Theirs}
	switch {
	case q.Import != nil:
		c.What, c.Ours = "import of "+q.Import.Source, pointsText(*q.Import, nil)
	case q.Note != nil || q.NoteWas != nil:
		c.What, c.Ours = "annotation", noteText(q.Note)
		if q.NoteWas != nil {
			c.What = fmt.Sprintf("annotation %q", q.NoteWas.Text)
		} else {
			c.What = fmt.Sprintf("annotation %q", q.Note.Text)
		}
	case q.Silence != nil || q.SilenceWas != nil:
		c.What, c.Ours = fmt.Sprintf("silence %d", q.Change.ID), silenceText(q.Silence)
		if q.Change.ID <= 0 {
			c.What = "new silence"
		}
	case len(q.Predictions) > 0:
		p := q.Predictions[0]
		c.What = "prediction of " + p.Key.String()
		c.Ours = fmt.Sprintf("made %s by %s, %s", clock(p.Made), p.Model, numbered(len(p.Times), "step"))
	default:
		c.What, c.Ours = "history of alerts", numbered(len(q.Transitions), "change")
	}
	return c
}

func numbered(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return metric.Grouped(int64(n)) + " " + what
}

func clock(t int64) string { return metric.Time(t).Format("2 Jan 2006 15:04:05 MST") }

func noteText(a *metric.Annotation) string {
	if a == nil {
		return "deleted"
	}
	text := fmt.Sprintf("%q, %s, %s", a.Text, a.Kind, clock(a.From))
	if a.To > a.From {
		text += fmt.Sprintf(", %s long", a.Span().Duration().Round(time.Second))
	}
	if a.VM != "" || a.Metric != "" {
		text += fmt.Sprintf(", of %s", (metric.Key{VM: a.VM, Metric: a.Metric}).String())
	}
	return text
}

func silenceText(a *metric.Silence) string {
	if a == nil {
		return "deleted"
	}
	text := fmt.Sprintf("rule %q, VM %q, metric %q, from %s", a.Rule, a.VM, a.Metric, clock(a.From))
	if a.To != 0 {
		text += " to " + clock(a.To)
	}
	if a.Comment != "" {
		text += fmt.Sprintf(", %q", a.Comment)
	}
	return text
}

// pointsText says how many points of an import there are, and the first of
// them; with other, what is there instead.
func pointsText(i store.Imported, other [][]float64) string {
	n := 0
	for _, one := range i.Series {
		n += one.Len()
	}
	text := numbered(n, "point")
	if len(i.Notes) > 0 {
		text += ", " + numbered(len(i.Notes), "annotation")
	}
	for k, one := range i.Series {
		if one.Len() == 0 {
			continue
		}
		v := one.Values[0]
		if other != nil {
			v = other[k][0]
		}
		if math.IsNaN(v) {
			break
		}
		return text + fmt.Sprintf(", first %s at %s: %v", one.Key, clock(one.Times[0]), v)
	}
	return text
}
