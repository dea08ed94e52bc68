//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// send stores one point of each of many VMs.
func send(t *testing.T, address string, vms int, metric string, value float64) {
	t.Helper()
	var rows []string
	at := time.Now().UTC().Format(time.RFC3339)
	for i := range vms {
		rows = append(rows, fmt.Sprintf(`{"vm":"vm-%02d","metric":%q,"timestamp":%q,"value":%v}`, i, metric, at, value))
	}
	r, err := http.Post("http://"+address+"/api/v1/metrics/batch", "application/json", bytes.NewReader([]byte("["+strings.Join(rows, ",")+"]")))
	if err != nil {
		t.Fatal(err)
	}
	if _ = r.Body.Close(); r.StatusCode != 201 {
		t.Fatal(r.Status)
	}
}

// The page from an empty database on: it says so, shows what comes by itself, keeps what was
// chosen, says what it cannot draw, and comes back after the service was away.
func TestPageLives(t *testing.T) {
	_, env := home(t)
	address := freeAddress(t)
	cmd := serve(t, env, address, "--log-level", "error")
	b := newBrowser(t, env)
	page := "http://" + address + "/dashboard-ui/"
	for _, at := range []string{"", "#forecast", "#analysis"} {
		b.do("an empty database", chromedp.Navigate("about:blank"), chromedp.Navigate(page+at))
		b.wait("that it says so", `!document.getElementById('empty').hidden && document.getElementById('content').hidden && document.getElementById('problem').hidden`)
	}
	b.do("the Fact page", chromedp.Click("[data-page=fact]"))
	b.wait("the stream of events", "document.getElementById('live').className === 'on'")
	send(t, address, 3, "cpu", 10)
	shown(b, "fact")
	b.do("all VMs", chromedp.SetValue("#vm", ""), chromedp.Evaluate(`document.getElementById('vm').dispatchEvent(new Event('change'))`, nil))
	b.wait("that all are drawn", `document.getElementById('figure').alt === 'fact of all series'`)
	drawn := b.eval("document.getElementById('figure').src")
	send(t, address, 3, "cpu", 20)
	b.wait("that new points are drawn", "document.getElementById('figure').src !== "+drawn)
	if vm := b.eval("document.getElementById('vm').value"); vm != `""` {
		t.Errorf("all VMs were chosen, and after new points %s is", vm)
	}
	b.do("the Analysis page", chromedp.Click("[data-page=analysis]"))
	b.wait("that there are no incidents", `document.getElementById('note').innerText === 'No incidents in this range.'`)

	send(t, address, 50, "memory", 1) // more than a figure shows
	b.do("the Fact page", chromedp.Click("[data-page=fact]"))
	b.wait("what is refused, and no picture of something else", `document.getElementById('problem').innerText.startsWith('These are 53 series') && document.getElementById('drawing').hidden && document.querySelectorAll('tbody tr').length === 53`)
	b.do("one VM", chromedp.SetValue("#vm", "vm-07"), chromedp.Evaluate(`document.getElementById('vm').dispatchEvent(new Event('change'))`, nil))
	b.wait("that it is drawn", `document.getElementById('figure').alt === 'fact of vm-07' && document.getElementById('problem').hidden && !document.getElementById('drawing').hidden`)

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	b.wait("that it is away", `document.getElementById('live').innerText === 'not connected'`)
	b.do("ask for another range", chromedp.SetValue("#days", "7"), chromedp.Evaluate(`document.getElementById('days').dispatchEvent(new Event('change'))`, nil))
	b.wait("the sentence", `document.getElementById('problem').innerText.includes('cannot be reached') && !document.getElementById('drawing').hidden`)
	serve(t, env, address, "--log-level", "error")
	b.wait("that it is back", `document.getElementById('problem').hidden && document.getElementById('live').className === 'on'`)
	if len(b.said) > 0 {
		t.Errorf("the page complains: %q", b.said)
	}
}

// On a phone nothing sticks out, and the tabs stand beside each other.
func TestPagesOnAPhone(t *testing.T) {
	_, env := home(t)
	must(t, env, "generate", "--vms", "2", "--days", "2")
	address := freeAddress(t)
	serve(t, env, address, "--log-level", "error")
	b := newBrowser(t, env)
	for _, name := range []string{"fact", "forecast", "analysis"} {
		b.do(name, emulation.SetDeviceMetricsOverride(390, 844, 1, true), chromedp.Navigate("about:blank"), chromedp.Navigate("http://"+address+"/dashboard-ui/?live=off#"+name))
		shown(b, name)
		b.wait("that the page fits", `document.documentElement.scrollWidth <= 390`)
		b.wait("one row of tabs", `new Set([...document.querySelectorAll('[role=tab]')].map((t) => t.offsetTop)).size === 1`)
		b.picture("phone-" + name + ".png")
	}
	b.do("the documentation", chromedp.Navigate("http://"+address+"/docs"), chromedp.Evaluate(`document.querySelectorAll('details').forEach((d) => { d.open = true })`, nil))
	b.wait("that it fits", `document.documentElement.scrollWidth <= 390`)
	b.picture("phone-docs.png")
}
