//go:build !linux

package notify

import (
	"errors"
	"runtime"
)

func openDesktop() (Channel, error) {
	return nil, errors.New("desktop notifications are not supported on " + runtime.GOOS + " yet; use another kind of channel")
}
