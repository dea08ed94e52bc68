package notify

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"

	"aiops/metric"
)

// desktop shows messages through the desktop's own service.
type desktop struct{}

const notifications = "org.freedesktop.Notifications"

// openDesktop makes sure that there is a desktop session.
func openDesktop() (Channel, error) {
	conn, err := session(context.Background())
	if err != nil {
		return nil, err
	}
	return desktop{}, conn.Close()
}

func session(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("desktop notifications need a desktop session (D-Bus): %w; remove the channel where there is none", err)
	}
	return conn, nil
}

// Send connects anew each time: sessions end and begin.
func (desktop) Send(ctx context.Context, m Message) error {
	conn, err := session(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	urgency := map[metric.Severity]byte{metric.Info: 0, metric.Warning: 1, metric.Critical: 2}[m.Severity()]
	if !anyFiring(m) {
		urgency = 0
	}
	call := conn.Object(notifications, "/org/freedesktop/Notifications").CallWithContext(ctx, notifications+".Notify", 0,
		"AIOps Dashboard", uint32(0), "dialog-warning", m.Title(), escaped(m.Text()), []string{},
		map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency)}, int32(-1))
	if call.Err != nil {
		return fmt.Errorf("show a desktop notification: %w", call.Err)
	}
	return nil
}
