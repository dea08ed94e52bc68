package serve

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"aiops/metric"
)

// batch is the rows of a request, by series.
type batch struct {
	series []metric.Series
	index  [][]int // the row of each point
	rows   int
	errs   []rowError

	places map[metric.Key]int
	last   int
	future int64
	seen   row
	day    dayText
}

// Bounds of what a point may be.
const (
	mostErrors = 100 // that are told
)

var (
	earliest = time.Date(1698, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	latest   = time.Date(2242, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// row is one row while it is read.
type row struct {
	vm, metric   []byte
	time         int64
	value        float64
	has          [4]bool // vm, timestamp, metric, value
	bad          bool
	field, about string
}

func newBatch(now time.Time) *batch {
	return &batch{places: map[metric.Key]int{}, future: now.Add(metric.ClockSkew).UnixMicro()}
}

// read reads a list of rows, or with single one row.
func (b *batch) read(body []byte, most int, single bool) error {
	s := &scanner{b: bytes.TrimPrefix(body, []byte("\ufeff"))}
	switch c := s.next(); {
	case single && c != '{':
		return huma.Error422UnprocessableEntity("The body must be an object with vm, timestamp, metric and value.")
	case !single && c != '[':
		return huma.Error422UnprocessableEntity("The body must be a list of objects with vm, timestamp, metric and value.")
	}
	element := func() error {
		if b.rows == most {
			return huma.Error413RequestEntityTooLarge(fmt.Sprintf("A batch has at most %s rows; send the others in another one.", metric.Grouped(int64(most))))
		}
		return b.row(s)
	}
	var err error
	if single {
		err = element()
	} else {
		err = s.list(element)
	}
	if err == nil && s.next() != 0 {
		err = s.malformed("there is more after its end")
	}
	return err
}

var rowFields = [4]string{"vm", "timestamp", "metric", "value"}

// row reads one row; what is wrong with it is kept.
func (b *batch) row(s *scanner) error {
	r := &b.seen
	*r = row{}
	if s.next() != '{' {
		if _, err := s.raw(); err != nil {
			return err
		}
		r.fail("", "it is not an object")
	} else if err := s.object(func(name []byte) error { return b.member(s, r, string(name)) }); err != nil {
		return err
	}
	for i, has := range r.has {
		if !has && !r.bad {
			r.fail(rowFields[i], "it is missing")
		}
	}
	if r.bad {
		b.errs = append(b.errs, rowError{b.rows, r.field, r.about})
	} else {
		b.add(r)
	}
	b.rows++
	return nil
}

func (r *row) fail(field, about string) {
	if !r.bad {
		r.bad, r.field, r.about = true, field, about
	}
}

func (b *batch) member(s *scanner, r *row, name string) error {
	i := slices.Index(rowFields[:], name)
	switch {
	case i < 0:
		r.fail(strings.ToValidUTF8(name, "?"), "there is no such field; a row has vm, timestamp, metric and value")
	case r.has[i]:
		r.fail(name, "it is there twice")
	default:
		r.has[i] = true
	}
	if i >= 0 && i < 3 && s.next() == '"' {
		text, err := s.text()
		if err != nil {
			return err
		}
		b.text(r, i, text)
		return nil
	}
	text, err := s.raw()
	if err != nil || i < 0 {
		return err
	}
	if i < 3 {
		r.fail(name, "it must be a text")
		return nil
	}
	var ok bool
	if r.value, ok = number(text); !ok || math.IsInf(r.value, 0) {
		r.fail(name, "it must be a finite number")
	}
	return nil
}

func (b *batch) text(r *row, i int, text []byte) {
	if i == 1 {
		t, reason := b.day.parse(text)
		if reason == "" && t >= b.future {
			reason = "it lies in the future"
		}
		if r.time = t; reason != "" {
			r.fail("timestamp", reason)
		}
		return
	}
	if reason := nameReason(text); reason != "" {
		r.fail(rowFields[i], reason)
	}
	if i == 0 {
		r.vm = text
	} else {
		r.metric = text
	}
}

// nameReason says why a text is no name of a VM or a metric.
func nameReason(text []byte) string {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return "it is empty"
	case len(text) > metric.MaxName:
		return fmt.Sprintf("it is longer than %d bytes", metric.MaxName)
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if unicode.IsControl(r) {
			return "it has a control character"
		}
		if r == utf8.RuneError { // also what JSON's reader puts where it cannot read
			return "it is not UTF-8, or has half a character"
		}
		i += n
	}
	return ""
}

// add puts a row into its series.
func (b *batch) add(r *row) {
	if n := len(b.series); n == 0 || b.series[b.last].VM != string(r.vm) || b.series[b.last].Metric != string(r.metric) {
		k := metric.Key{VM: string(r.vm), Metric: string(r.metric)}
		place, ok := b.places[k]
		if !ok {
			place = n
			b.places[k] = n
			b.series, b.index = append(b.series, metric.Series{Key: k}), append(b.index, nil)
		}
		b.last = place
	}
	s := &b.series[b.last]
	s.Times, s.Values = append(s.Times, r.time), append(s.Values, r.value)
	b.index[b.last] = append(b.index[b.last], b.rows)
}
