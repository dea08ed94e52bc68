package serve

import (
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packing chooses zstd or gzip as a client accepts them; "" is none.
func packing(accept string) string {
	if accept == "" {
		return ""
	}
	best, most := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, q := weighed(part)
		if (name == "zstd" || name == "gzip") && (q > most || q == most && name == "zstd") && q > 0 {
			best, most = name, q
		}
	}
	return best
}

// weighed takes apart name;q=0.5.
func weighed(part string) (name string, q float64) {
	name, params, _ := strings.Cut(part, ";")
	q = 1
	for p := range strings.SplitSeq(params, ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
			if f, err := strconv.ParseFloat(v, 64); err == nil {
				q = f
			}
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), q
}

var (
	gzips = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }}
	zstds = sync.Pool{New: func() any {
		w, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10))
		return w
	}}
)

// packer gives its compressor back when it is closed.
type packer struct {
	io.WriteCloser
	back func()
}

func (p packer) Close() error {
	err := p.WriteCloser.Close()
	p.back()
	return err
}

func newPacker(name string, w io.Writer) io.WriteCloser {
	if name == "zstd" {
		z := zstds.Get().(*zstd.Encoder)
		z.Reset(w)
		return packer{z, func() { z.Reset(nil); zstds.Put(z) }}
	}
	z := gzips.Get().(*gzip.Writer)
	z.Reset(w)
	return packer{z, func() { gzips.Put(z) }}
}
