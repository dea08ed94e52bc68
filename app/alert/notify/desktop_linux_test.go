package notify

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"aiops/metric"
)

// shown is a service that stands for the desktop's.
type shown struct{ got chan [2]string }

// Notify has the signature of the Desktop Notifications Specification 1.2.
func (s shown) Notify(_ string, _ uint32, _, title, text string, _ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.got <- [2]string{title, text + hints["urgency"].String()}
	return 1, nil
}

// bus starts a session's bus of its own.
func bus(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("dbus-daemon")
	if err != nil {
		missing(t, "dbus-daemon is not installed")
	}
	cmd := exec.Command(path, "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

func TestDesktop(t *testing.T) {
	bus(t)
	ch := open(t, Config{Kind: Desktop})
	m := Message{"high", []metric.Transition{change("high", "web<1>", 60, metric.Firing)}}
	if err := ch.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "show a desktop notification") {
		t.Errorf("without a service: %v", err)
	}
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s := shown{make(chan [2]string, 1)}
	if err := conn.Export(s, "/org/freedesktop/Notifications", notifications); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(notifications, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	if err := ch.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := <-s.got; got[0] != "[warning] web<1> cpu is 95.0 %" || !strings.Contains(got[1], "web&lt;1&gt; cpu") || !strings.HasSuffix(got[1], "0x1") {
		t.Errorf("%q", got)
	}
}

func TestDesktopWithoutASession(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if _, err := Open(Config{Kind: Desktop}); err == nil || !strings.Contains(err.Error(), "remove the channel where there is none") {
		t.Errorf("%v", err)
	}
}
