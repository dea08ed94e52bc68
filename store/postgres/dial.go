package postgres

import (
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// silence is after how long a network that carries nothing any more is given up.
const silence = 30 * time.Second

// dialer connects so that a cut network is noticed: a server that is asked and
// whose machine does not answer is given up after silence.
func dialer(timeout time.Duration) pgconn.DialFunc {
	d := &net.Dialer{Timeout: timeout, Control: userTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence / 2, Interval: silence / 6, Count: 3}}
	return d.DialContext
}
