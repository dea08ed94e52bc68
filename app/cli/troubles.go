package cli

import (
	"errors"
	"fmt"
	"strings"

	"aiops/metric"
	"aiops/store"
)

// troubles tells what went wrong with single series on standard error, and
// sums it up in the end.
type troubles struct {
	r                   *run
	doing               string // "forecast"
	done, failed, warns int
}

// mostTold is how many failures and how many warnings are printed one by one.
const mostTold = 20

func (t *troubles) fail(k metric.Key, err error) {
	t.failed++
	if errors.Is(err, store.ErrNotFound) {
		err = errors.New("it has no points")
	}
	t.tell(t.failed, k, err.Error())
}

func (t *troubles) warn(k metric.Key, texts ...string) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		t.warns++
		t.tell(t.warns, k, "warning: "+text)
	}
}

func (t *troubles) tell(n int, k metric.Key, text string) {
	if n > mostTold {
		return
	}
	t.r.bar.clear()
	fmt.Fprintf(t.r.Err, "%v: %s\n", k, strings.TrimPrefix(text, k.String()+": "))
}

// end is an error if a series failed.
func (t *troubles) end() error {
	if t.warns > mostTold {
		fmt.Fprintf(t.r.Err, "and %s more warnings\n", metric.Grouped(int64(t.warns-mostTold)))
	}
	if t.failed == 0 {
		return nil
	}
	if t.failed > mostTold {
		fmt.Fprintf(t.r.Err, "and %s more failures\n", metric.Grouped(int64(t.failed-mostTold)))
	}
	text := fmt.Sprintf("%s of %s series could not be %s", metric.Grouped(int64(t.failed)), metric.Grouped(int64(t.done+t.failed)), t.doing)
	if t.done > 0 {
		text += "; the others are done"
	}
	return errors.New(text)
}
