package app

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestJobs(t *testing.T) {
	cases := []struct {
		name   string
		work   func(context.Context, Progress) (string, error)
		cancel bool
		status JobStatus
		result string
		errHas string
	}{
		{name: "done", status: Done, result: "5 rows", work: func(_ context.Context, p Progress) (string, error) {
			p(5, 10)
			return "5 rows", nil
		}},
		{name: "failed", status: Failed, errHas: "disk full", work: func(context.Context, Progress) (string, error) {
			return "", errors.New("disk full")
		}},
		{name: "cancelled", status: Cancelled, cancel: true, errHas: "canceled", work: func(ctx context.Context, _ Progress) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}},
		{name: "panic", status: Failed, errHas: "defect", work: func(context.Context, Progress) (string, error) {
			panic("boom")
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			js := NewJobs(time.Now)
			changes := make(chan struct{}, 100)
			js.Watch(func() { changes <- struct{}{} })
			ended := js.Start(t.Context(), c.name, c.work)
			if c.cancel {
				js.Cancel(1)
			}
			<-ended
			got := js.List()[0]
			if got.Status != c.status || got.Result != c.result {
				t.Fatalf("got status %v result %q", got.Status, got.Result)
			}
			if c.errHas != "" && !strings.Contains(got.Err.Error(), c.errHas) {
				t.Fatalf("error %v does not say %q", got.Err, c.errHas)
			}
			if len(changes) < 2 {
				t.Fatalf("the watcher was told %d times, want start and end at least", len(changes))
			}
		})
	}
}

func TestJobsCloseWaits(t *testing.T) {
	js := NewJobs(time.Now)
	stopped := false
	js.Start(t.Context(), "long", func(ctx context.Context, _ Progress) (string, error) {
		<-ctx.Done()
		stopped = true
		return "", ctx.Err()
	})
	js.Close()
	if !stopped {
		t.Fatal("Close returned before the job had stopped")
	}
}

func TestFraction(t *testing.T) {
	for _, c := range []struct {
		j    Job
		want float64
	}{{Job{Done: 1, Total: 4}, 0.25}, {Job{Done: 1}, 0}, {Job{Done: 9, Total: 3}, 1}} {
		if got := c.j.Fraction(); got != c.want {
			t.Errorf("%+v: %v, want %v", c.j, got, c.want)
		}
	}
}
