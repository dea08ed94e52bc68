package cli

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// spare is how much memory may be spent so that the garbage collector runs less often.
const spare = 192 << 20

// tuneCollector lets memory grow to five times of what is held while that is
// little, and by no more than spare, or to twice, when it is much.
func tuneCollector(ctx context.Context) {
	held := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for last := 0; ; {
		metrics.Read(held)
		live := max(1, held[0].Value.Uint64())
		if now := int(min(400, max(100, spare*100/live))); now != last {
			debug.SetGCPercent(now)
			last = now
		}
		select {
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
			return
		}
	}
}
