package serve

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
)

// held is how much of an answer waits to be known whole, so that it has an
// ETag; what is longer is streamed.
const held = 2 << 20

// piece is how much of a streamed answer goes out at once.
const piece = 64 << 10

// patience is how long a client may take for a piece before it is dropped.
const patience = 30 * time.Second

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 1<<20); return &b }}

// answer is the body of a response in the making: writers append to buf and
// call spill now and then.
type answer struct {
	w       http.ResponseWriter
	r       *http.Request
	buf     []byte
	pooled  *[]byte
	out     io.Writer
	packed  io.WriteCloser // nil: sent as it is
	sent    bool
	hold    bool // until it is whole: its head tells of its end
	control *http.ResponseController
}

func newAnswer(w http.ResponseWriter, r *http.Request, contentType string) *answer {
	pooled := buffers.Get().(*[]byte)
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept, Accept-Encoding")
	return &answer{w: w, r: r, buf: (*pooled)[:0], pooled: pooled, control: http.NewResponseController(w)}
}

// spill sends what has gathered once the answer is too long to be held.
func (a *answer) spill() error {
	if a.hold || !a.sent && len(a.buf) < held || a.sent && len(a.buf) < piece {
		return nil
	}
	a.begin()
	return a.send()
}

// begin sends the head of a streamed answer.
func (a *answer) begin() {
	if a.sent {
		return
	}
	a.sent = true
	a.out = a.w
	if name := packing(a.r.Header.Get("Accept-Encoding")); name != "" {
		a.packed = newPacker(name, a.w)
		a.out = a.packed
		a.w.Header().Set("Content-Encoding", name)
	}
	a.w.WriteHeader(http.StatusOK)
}

// send writes the buffer, each piece in good time.
func (a *answer) send() error {
	for rest := a.buf; len(rest) > 0; {
		n := min(len(rest), piece)
		_ = a.control.SetWriteDeadline(time.Now().Add(patience)) // a writer that has none waits as long as it likes
		if _, err := a.out.Write(rest[:n]); err != nil {
			return gone{err}
		}
		rest = rest[n:]
	}
	a.buf = a.buf[:0]
	return nil
}

// gone is that a client went away or was too slow: nobody is left to be answered.
type gone struct{ error }

func (g gone) Unwrap() error { return g.error }

// finish sends the answer's end, or all of it.
func (a *answer) finish() error {
	defer a.free()
	if !a.sent {
		return a.whole()
	}
	if err := a.send(); err != nil {
		return err
	}
	if a.packed != nil {
		if err := a.packed.Close(); err != nil {
			return gone{err}
		}
	}
	return nil
}

// whole sends an answer that is known whole, or that the client has it already.
func (a *answer) whole() error {
	h := a.w.Header()
	tag := `W/"` + strconv.FormatUint(xxhash.Sum64(a.buf), 36) + `"`
	h.Set("ETag", tag)
	if matches(a.r.Header.Values("If-None-Match"), tag) {
		a.sent = true
		a.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if len(a.buf) >= 1024 && packing(a.r.Header.Get("Accept-Encoding")) != "" {
		a.begin()
		err := a.send()
		if err == nil {
			err = a.packed.Close()
		}
		return err
	}
	h.Set("Content-Length", strconv.Itoa(len(a.buf)))
	a.sent, a.out = true, a.w
	a.w.WriteHeader(http.StatusOK)
	return a.send()
}

// free gives the buffer back, unless it has grown large.
func (a *answer) free() {
	if cap(a.buf) <= 2*held {
		*a.pooled = a.buf[:0]
		buffers.Put(a.pooled)
	}
	a.buf = nil
}

// matches reports whether a client's ETags name this one, as weak ones are compared.
func matches(have []string, tag string) bool {
	for _, line := range have {
		for part := range bytes.SplitSeq([]byte(line), []byte(",")) {
			text := string(bytes.TrimSpace(part))
			if text == "*" || text == tag || "W/"+text == tag {
				return true
			}
		}
	}
	return false
}

// answering runs f and answers its error: as a problem while nothing is sent,
// by breaking the connection afterwards, so that half an answer is not taken for a whole one.
func answering(w http.ResponseWriter, r *http.Request, a *answer, f func(context.Context) error) {
	err := f(r.Context())
	if err == nil {
		err = a.finish()
	}
	if err == nil {
		return
	}
	if a.sent {
		note(r.Context(), 0, err)
		panic(http.ErrAbortHandler)
	}
	writeProblem(w, r, err)
}
