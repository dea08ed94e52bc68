//go:build e2e

package e2e

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiops/app/auth/kctest"
)

// In a browser: the page signs in with Keycloak's form, shows figures, renews its token, hears of new points, and signs out.
func TestPageSignsIn(t *testing.T) {
	sso := kctest.Start(t)
	admin := sso.Admin(t)
	dir, env := home(t)
	must(t, env, "generate", "--vms", "2", "--days", "2")
	var log bytes.Buffer
	service := serving(t, env, &log, "--oidc-issuer", sso.Issuer(), "--no-watch")
	admin.SetClient("aiops-web", map[string]any{"redirectUris": []string{service + "/dashboard-ui/"}, "webOrigins": []string{service}})
	admin.Set(map[string]any{"accessTokenLifespan": 40})

	b := newBrowser(t, env)
	b.do("open the page", chromedp.Navigate(service+"/dashboard-ui/#analysis"), chromedp.WaitVisible("#sign-in"))
	if b.eval("document.querySelectorAll('#content:not([hidden])').length") != "0" {
		t.Error("somebody who is not signed in sees the page's content")
	}
	b.picture("page-signed-out.png")
	b.do("sign in", chromedp.Click("#sign-in"))
	b.signIn("viewer")
	shown(b, "analysis")
	if text := b.eval("document.getElementById('account').innerText"); !strings.Contains(text, "Demo Viewer") || !strings.Contains(text, "Sign out") {
		t.Error(text)
	}
	b.do("the Fact page", chromedp.Click("[data-page=fact]"))
	shown(b, "fact")
	b.wait("the stream of events", "document.getElementById('live').className === 'on'")
	b.picture("page-signed-in.png")

	drawn := b.eval("document.getElementById('figure').src")
	machineSends(t, sso, service)
	b.wait("that new points are drawn", "document.getElementById('figure').src !== "+drawn)
	time.Sleep(12 * time.Second) // the first token is due
	b.do("the Forecast page", chromedp.Click("[data-page=forecast]"))
	shown(b, "forecast")

	b.do("load the page again", chromedp.Reload())
	shown(b, "forecast") // without a form: the browser's session at the sign-in server holds
	kept := b.eval("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
	if strings.Contains(kept, "eyJ") {
		t.Errorf("the browser keeps a token: %s", kept)
	}

	admin.EndSessions("viewer")
	b.wait("that an ended session is told", "document.body.dataset.signedIn === 'false' || (document.querySelector('[data-page=fact]').click(), false)")
	if text := b.eval("document.getElementById('problem').innerText"); !strings.Contains(text, "Sign in again") && !strings.Contains(text, "Sign in first") {
		t.Error(text)
	}
	b.do("sign in again", chromedp.Click("#sign-in"))
	b.signIn("analyst")
	shown(b, "fact")
	b.do("sign out", chromedp.Click("#sign-out"))
	b.do("back on the page", chromedp.WaitVisible("#sign-in"))
	if n := admin.Sessions("analyst"); n != 0 {
		t.Errorf("%d sessions after signing out", n)
	}
	for _, r := range b.sent {
		if u := r.Request.URL; strings.Contains(u, "eyJ") && strings.HasPrefix(u, service) {
			t.Errorf("an address has a token: %s", u)
		}
	}
	if len(b.said) > 0 {
		t.Errorf("the page complained: %q", b.said)
	}
	noSecrets(t, []string{dir}, log.String())
}

// shown waits for a page's figure.
func shown(b *browser, page string) {
	b.t.Helper()
	b.wait("the figure of "+page, "document.body.dataset.shown === '"+page+"' && document.getElementById('figure').naturalWidth > 0 && document.getElementById('figure').alt.startsWith('"+page+" of')")
}
