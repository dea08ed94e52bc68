package wire

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// Unpack undoes a body's Content-Encoding: "", identity, snappy (the block form
// of remote write), gzip or zstd. What would become larger than the limit is
// refused before memory is taken for it.
func Unpack(encoding string, body []byte, l Limits) ([]byte, error) {
	limit := l.complete().Bytes
	switch encoding {
	case "", "identity":
		if int64(len(body)) > limit {
			return nil, tooLarge(limit)
		}
		return body, nil
	case "snappy":
		return unpackSnappy(body, limit)
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("%w: unpack gzip: %w", ErrMalformed, err)
		}
		return readLimited(r, encoding, limit)
	case "zstd":
		r, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(max(limit, 1<<20))))
		if err != nil {
			return nil, fmt.Errorf("%w: unpack zstd: %w", ErrMalformed, err)
		}
		defer r.Close()
		return readLimited(r, encoding, limit)
	}
	return nil, fmt.Errorf("%w: Content-Encoding %q; use snappy, gzip, zstd or none", ErrUnsupported, encoding)
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: it holds more than %d bytes; send less at once", ErrTooLarge, limit)
}

// snappyRatio is more than what Snappy can make of a byte: 64 bytes of 3.
const snappyRatio = 22

func unpackSnappy(body []byte, limit int64) ([]byte, error) {
	n, err := snappy.DecodedLen(body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: unpack snappy: %w", ErrMalformed, err)
	case int64(n) > limit:
		return nil, tooLarge(limit)
	case n > snappyRatio*len(body):
		return nil, fmt.Errorf("%w: unpack snappy: %d bytes cannot hold the %d that they promise", ErrMalformed, len(body), n)
	}
	out, err := snappy.Decode(nil, body)
	if err != nil {
		return nil, fmt.Errorf("%w: unpack snappy: %w", ErrMalformed, err)
	}
	return out, nil
}

func readLimited(r io.Reader, encoding string, limit int64) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case int64(len(out)) > limit:
		return nil, tooLarge(limit)
	case err != nil:
		return nil, fmt.Errorf("%w: unpack %s: %w", ErrMalformed, encoding, err)
	}
	return out, nil
}
