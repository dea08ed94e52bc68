package auth

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// lock waits until no other window or process changes the session.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		got, err := tryLock(f)
		if err != nil {
			return nil, fmt.Errorf("lock the session: %w", err)
		}
		if got {
			return func() { _ = f.Close() }, nil // closing it unlocks
		}
		select {
		case <-ctx.Done():
			_ = f.Close() // it was never locked
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
