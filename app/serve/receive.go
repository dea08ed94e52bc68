package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/metric"
)

// receiver takes bodies in before their requests have a place among those that
// are answered, so that clients who send slowly keep nobody waiting. All bodies
// that are held together are bounded; slow ones hold what has come of them.
type receiver struct {
	one  int64 // bytes of a body; 0: no limit
	long time.Duration
	held atomic.Int64
}

// bodiesHeld is how many bodies of the largest size may be held at a time.
const bodiesHeld = 32

// hasten gives a request's body its time, also where it is refused and only thrown away.
func (v *receiver) hasten(w http.ResponseWriter, r *http.Request) {
	if v.long > 0 && r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(v.long)) // a writer that has none waits as long as it likes
	}
}

// receive reads a request's body; done forgets it.
func (v *receiver) receive(w http.ResponseWriter, r *http.Request) (done func(), err error) {
	if r.Body == nil || r.Body == http.NoBody {
		return func() {}, nil
	}
	if v.one > 0 && r.ContentLength > v.one {
		return nil, v.tooLarge()
	}
	k := &keeper{v: v}
	if _, err := io.Copy(k, r.Body); err != nil {
		k.forget()
		return nil, v.broken(err)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // what is done with it may take longer
	r.Body = io.NopCloser(&k.body)
	return k.forget, nil
}

func (v *receiver) tooLarge() error {
	return huma.Error413RequestEntityTooLarge(fmt.Sprintf("The body is larger than %s bytes. Send less at once, or have --max-body raised.", metric.Grouped(v.one)))
}

// broken says why a body did not come.
func (v *receiver) broken(err error) error {
	var slow net.Error
	var told huma.StatusError
	switch {
	case errors.As(err, &told):
		return err
	case errors.As(err, &slow) && slow.Timeout():
		return huma.NewError(http.StatusRequestTimeout, fmt.Sprintf("The body did not come within %v.", v.long))
	}
	return huma.Error400BadRequest("The body broke off: " + err.Error() + ".")
}

// keeper is a body as it comes.
type keeper struct {
	v    *receiver
	body bytes.Buffer
	size int64
}

func (k *keeper) Write(b []byte) (int, error) {
	n := int64(len(b))
	k.size += n
	held := k.v.held.Add(n)
	switch {
	case k.v.one <= 0:
	case k.size > k.v.one:
		return 0, k.v.tooLarge()
	case held > bodiesHeld*k.v.one:
		return 0, huma.Error503ServiceUnavailable("The service holds as many bodies as it may. Try again in a moment.")
	}
	return k.body.Write(b)
}

func (k *keeper) forget() { k.v.held.Add(-k.size); k.size = 0 }
