package keyring

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	system "github.com/zalando/go-keyring"
)

var ctx = context.Background()

func TestRoundTrip(t *testing.T) {
	InMemory()
	if _, err := Get(ctx, "aiops", "ann"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an empty keyring: %v", err)
	}
	for _, secret := range []string{"one", "two, with spaces\n"} {
		if err := Set(ctx, "aiops", "ann", secret); err != nil {
			t.Fatal(err)
		}
		if got, err := Get(ctx, "aiops", "ann"); got != secret || err != nil {
			t.Errorf("%q came back, %v", got, err)
		}
	}
	if _, err := Get(ctx, "aiops", "bob"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another account: %v", err)
	}
	if err := Delete(ctx, "aiops", "ann"); err != nil {
		t.Error(err)
	}
	if err := Delete(ctx, "aiops", "ann"); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestNoKeyring(t *testing.T) {
	defer InMemory()
	system.MockInitWithError(errors.New("no bus"))
	_, err := Get(ctx, "aiops", "ann")
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "no bus") {
		t.Errorf("read: %v", err)
	}
	if err := Set(ctx, "aiops", "ann", "geheim"); !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("stored: %v", err)
	}
}

// A keyring that asks the user something and gets no answer does not hold up
// who cancels.
func TestBlocked(t *testing.T) {
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	release := make(chan struct{})
	defer close(release)
	_, err := ask(short, func() (string, error) { <-release; return "", nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
