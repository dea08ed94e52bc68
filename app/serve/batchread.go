package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// rowError is what is wrong with a row of a batch.
type rowError struct {
	Index  int    `json:"index" doc:"The row's place in the batch, from 0"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
}

// scanner reads JSON text of rows.
type scanner struct {
	b     []byte
	i     int
	depth int
}

// malformed is JSON that cannot be read on.
func (s *scanner) malformed(what string) error {
	return huma.Error400BadRequest(fmt.Sprintf("The body is not JSON that can be read: at byte %d %s.", s.i, what))
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// next skips space and tells the character that follows, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.i == len(s.b) {
		return 0
	}
	return s.b[s.i]
}

// text reads a string; it is only valid until the next one where it had escapes.
func (s *scanner) text() ([]byte, error) {
	if s.next() != '"' {
		return nil, s.malformed("a text is expected")
	}
	start := s.i
	s.i++
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			raw := s.b[start+1 : s.i-1]
			if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
				return raw, nil
			}
			var out string
			if err := json.Unmarshal(s.b[start:s.i], &out); err != nil {
				return nil, s.malformed("a text ends that is not right")
			}
			return []byte(out), nil
		case c == '\\':
			s.i += 2
		case c < ' ':
			return nil, s.malformed("a text has a control character")
		default:
			s.i++
		}
	}
	s.i = len(s.b)
	return nil, s.malformed("the text ends too early")
}

// raw reads any value as it stands.
func (s *scanner) raw() ([]byte, error) {
	c := s.next()
	start := s.i
	var err error
	switch {
	case c == '"':
		_, err = s.text()
	case c == '{' || c == '[':
		err = s.nested(c)
	case c == 0:
		return nil, s.malformed("the text ends too early")
	default:
		for s.i < len(s.b) && bytes.IndexByte([]byte(",]}: \t\n\r\"[{"), s.b[s.i]) < 0 {
			s.i++
		}
		if !json.Valid(s.b[start:s.i]) && !endless(s.b[start:s.i]) {
			s.i = start
			err = s.malformed("no value begins")
		}
	}
	return s.b[start:s.i], err
}

// endless reports whether a value is one that some programs write though JSON
// has none: it is wrong with its row only.
func endless(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity":
		return true
	}
	return false
}

// deepest is how many lists and objects may lie in each other.
const deepest = 32

func (s *scanner) nested(open byte) error {
	if s.depth++; s.depth > deepest {
		return s.malformed("too many lists lie in each other")
	}
	defer func() { s.depth-- }()
	if open == '[' {
		return s.list(func() error { _, err := s.raw(); return err })
	}
	return s.object(func([]byte) error { _, err := s.raw(); return err })
}

// list reads a list's elements.
func (s *scanner) list(element func() error) error {
	s.i++ // [
	if s.next() == ']' {
		s.i++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.i++
		case ']':
			s.i++
			return nil
		default:
			return s.malformed("a comma or the list's end is expected")
		}
	}
}

// object reads an object's members; member reads the value.
func (s *scanner) object(member func(name []byte) error) error {
	s.i++ // {
	if s.next() == '}' {
		s.i++
		return nil
	}
	for {
		name, err := s.text()
		if err != nil {
			return err
		}
		if s.next() != ':' {
			return s.malformed("a colon is expected")
		}
		s.i++
		if err := member(name); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.i++
		case '}':
			s.i++
			return nil
		default:
			return s.malformed("a comma or the object's end is expected")
		}
	}
}

// number reads a JSON number; false if the text is none.
func number(text []byte) (float64, bool) {
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil
}
