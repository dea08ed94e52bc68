package wire

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// readSymbols reads the table of names of version 2.0.
func (w *writeRequest) readSymbols(b []byte) error {
	err := fields(b, func(f field) error {
		if f.number == 4 && f.kind == protowire.BytesType {
			w.symbols = append(w.symbols, f.bytes)
		}
		return nil
	})
	if err == nil && len(w.symbols) > 0 && len(w.symbols[0]) > 0 {
		err = fmt.Errorf("%w: the first symbol is not empty", ErrMalformed)
	}
	return err
}

// labelsByNumber reads the labels of version 2.0: field 1, numbers of names and values by turns.
func (w *writeRequest) labelsByNumber(b []byte) (reason string, err error) {
	var odd bool
	var name []byte
	take := func(n uint64) {
		switch {
		case n >= uint64(len(w.symbols)):
			reason = "its labels point outside of the table of symbols"
		case !odd:
			name = w.symbols[n]
		default:
			w.labels = append(w.labels, label{name, w.symbols[n]})
		}
		odd = !odd
	}
	err = fields(b, func(f field) error {
		switch {
		case f.number != 1:
		case f.kind == protowire.VarintType:
			take(f.number64)
		case f.kind == protowire.BytesType:
			return varints(f.bytes, take)
		}
		return nil
	})
	if odd && reason == "" {
		reason = "a label has no value"
	}
	return reason, err
}

// field is one field of a message.
type field struct {
	number   protowire.Number
	kind     protowire.Type
	bytes    []byte
	number64 uint64
}

// fields calls f for each field of a message; unknown kinds are passed over.
func fields(b []byte, f func(field) error) error {
	for len(b) > 0 {
		var one field
		var n int
		one.number, one.kind, n = protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
		}
		b = b[n:]
		switch one.kind {
		case protowire.VarintType:
			one.number64, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			one.number64, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			one.bytes, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(one.number, one.kind, b)
		}
		if n < 0 {
			return fmt.Errorf("%w: field %d: %w", ErrMalformed, one.number, protowire.ParseError(n))
		}
		b = b[n:]
		if err := f(one); err != nil {
			return err
		}
	}
	return nil
}

// varints calls f for each number of a packed field.
func varints(b []byte, f func(uint64)) error {
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n))
		}
		f(v)
		b = b[n:]
	}
	return nil
}
