package serve

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"aiops/metric"
	"aiops/store"
)

// cursor is the last row that a client has.
type cursor struct {
	metric.Key
	Time int64 `json:"t"`
}

func (c cursor) String() string {
	text, _ := json.Marshal(c) // strings and a number
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(text string) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.VM == "" || c.Metric == "" {
		return nil, invalid("query.cursor", text, "this is no cursor of this service; begin without one")
	}
	return &c, nil
}

// defaultLimit is how many rows a page has when only a cursor is given.
const defaultLimit = 10_000

// pageOf writes one page of the range, and where the next one begins.
func (s *Server) pageOf(ctx context.Context, c Chosen, limit int, r metric.Range, at *cursor, p *pointWriter) error {
	infos, err := s.infos(ctx, c)
	if err != nil {
		return err
	}
	left := limit
	if left == 0 {
		left = defaultLimit
	}
	p.a.hold = true
	p.begin()
	last, more := cursor{}, false
	for _, info := range infos {
		part := r.Intersect(info.Range())
		if at != nil {
			switch c := info.Compare(at.Key); {
			case c < 0:
				continue
			case c == 0:
				part.From = max(part.From, at.Time+1)
			}
		}
		if part.Empty() {
			continue
		}
		if left == 0 {
			more = true
			break
		}
		stopped, err := s.take(ctx, info, part, &left, &last, p)
		if err != nil {
			return err
		}
		if more = stopped; more {
			break
		}
	}
	p.end()
	if more {
		p.next(last)
	}
	return nil
}

// take writes at most left points of a series, read in windows of about as
// many, so that what is not wanted is not read. It reports whether there are more.
func (s *Server) take(ctx context.Context, info store.SeriesInfo, r metric.Range, left *int, last *cursor, p *pointWriter) (more bool, err error) {
	window, step := r.Len(), max(1_000_000, info.Step)
	if step < window/int64(*left+1) {
		window = step * int64(*left+1)
	}
	for !r.Empty() {
		part := metric.Range{From: r.From, To: min(r.To, r.From+window)}
		got := 0
		err := s.store.Read(ctx, store.Query{Keys: []metric.Key{info.Key}, Range: part}, func(e metric.Envelope) error {
			n := min(*left, e.Len())
			got += n
			if n > 0 {
				*last = cursor{info.Key, e.Times[n-1]}
			}
			*left -= n
			more = n < e.Len()
			e.Times, e.Mean = e.Times[:n], e.Mean[:n]
			if err := p.write(e); err != nil || !more {
				return err
			}
			return errEnough
		})
		if err != nil && !errors.Is(err, errEnough) || more {
			return more, onlyReal(err)
		}
		r.From = part.To
		if got == 0 {
			window *= 2
		}
		if *left == 0 {
			return s.any(ctx, info.Key, r)
		}
	}
	return false, nil
}

// any reports whether a series has a point in a range.
func (s *Server) any(ctx context.Context, k metric.Key, r metric.Range) (bool, error) {
	if r.Empty() {
		return false, nil
	}
	found := false
	err := s.store.Read(ctx, store.Query{Keys: []metric.Key{k}, Range: r, MaxPoints: 1}, func(metric.Envelope) error {
		found = true
		return errEnough
	})
	return found, onlyReal(err)
}

func onlyReal(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// next tells where the next page begins.
func (p *pointWriter) next(c cursor) {
	h := p.a.w.Header()
	h.Set("X-Next-Cursor", c.String())
	u := url.URL{Path: originalPath(p.a.r), RawQuery: p.a.r.URL.RawQuery}
	q := u.Query()
	q.Set("cursor", c.String())
	if q.Get("limit") == "" {
		q.Set("limit", strconv.Itoa(defaultLimit))
	}
	u.RawQuery = q.Encode()
	h.Set("Link", "<"+u.String()+`>; rel="next"`)
}
