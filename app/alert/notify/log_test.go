package notify

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"aiops/metric"
)

func TestLog(t *testing.T) {
	var b bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelInfo})))
	m := Message{"x", []metric.Transition{change("high", "web-01", 1, metric.Firing), change("high", "web-02", 1, metric.Resolved)}}
	if err := open(t, Config{Kind: Log}).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`level=WARN msg="alert firing" rule=high vm=web-01 metric=cpu severity=warning summary="web-01 cpu is 95.0 %"`, `level=INFO msg="alert resolved"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if _, err := Open(Config{Name: "a", Kind: "pigeon"}); err == nil || err.Error() != `channel a: the kind "pigeon" is not known` {
		t.Error(err)
	}
}

// A defect in a channel is an error of it, not the end of the program.
func TestAPanicIsAnError(t *testing.T) {
	l := newLine(Config{Name: "a", Attempts: 3}, Options{Open: func(Config) (Channel, error) { return panics{}, nil }, Now: (&clock{}).Now, Sleep: (&clock{}).Sleep, Queue: 1})
	if err := l.deliver(t.Context(), Message{}); err == nil || !strings.Contains(err.Error(), "a defect in the program: oops") {
		t.Error(err)
	}
}

type panics struct{}

func (panics) Send(context.Context, Message) error { panic("oops") }
