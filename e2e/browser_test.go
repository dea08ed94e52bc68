//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium that a test drives; said is what its pages complained about.
type browser struct {
	t    *testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string
	sent []network.EventRequestWillBeSent
}

// newBrowser starts one; options are flags of its own, such as for certificates.
func newBrowser(t *testing.T, env []string, options ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	name, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	all := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(name), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Env(env...),
		chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")), chromedp.WindowSize(1200, 900), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(all, options...)...)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(func() { end(); stop() })
	b := &browser{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, b.hear)
	if err := chromedp.Run(ctx, network.Enable()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) hear(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, ev.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		for _, a := range ev.Args {
			b.said = append(b.said, string(a.Value))
		}
	case *network.EventRequestWillBeSent:
		b.sent = append(b.sent, *ev)
	}
}

// do runs steps, within a minute.
func (b *browser) do(what string, steps ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v; at %s; %v", what, err, b.eval("location.href + ' ' + document.body.innerText"), b.said)
	}
}

// eval is what an expression of the page gives, as JSON.
func (b *browser) eval(js string) string {
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	var out json.RawMessage
	if err := chromedp.Run(ctx, chromedp.Evaluate(js, &out)); err != nil {
		return err.Error()
	}
	return string(out)
}

// wait waits until an expression of the page is true.
func (b *browser) wait(what, js string) {
	b.t.Helper()
	for end := time.Now().Add(45 * time.Second); b.eval("Boolean("+js+")") != "true"; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("waited in vain for %s: %s; at %s; %q", what, js, b.eval("location.href + ' ' + document.body.innerText"), b.said)
		}
	}
}

// signIn fills in Keycloak's form.
func (b *browser) signIn(user string) {
	b.t.Helper()
	b.do("Keycloak's form", chromedp.WaitVisible("#password"), chromedp.SetValue("#username", user), chromedp.SetValue("#password", user+"-pw"), chromedp.Click("#kc-login"))
}

// picture keeps what is seen where E2E_PICTURES names a folder.
func (b *browser) picture(name string) {
	b.t.Helper()
	var png []byte
	b.do("take a picture", chromedp.CaptureScreenshot(&png))
	if dir := os.Getenv("E2E_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}
