//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"image"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/app/auth/kctest"
	"aiops/store/postgres/pgtest"
)

// In a window: the database needs a sign-in, the dialog's browser is a script, and then there are curves.
func TestWindowSignsIn(t *testing.T) {
	sso := kctest.Start(t)
	sso.Admin(t).Set(map[string]any{"oauth2DevicePollingInterval": 1})
	db := pgtest.StartServer(t).Database(t)
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	u.User, u.RawQuery = nil, "sslmode=disable"
	serverDir, serverEnv := home(t)
	must(t, serverEnv, "import", writeCSV(t, serverDir, "m.csv", 1000), "--db", db)
	var log bytes.Buffer
	service := serving(t, serverEnv, &log, "--db", db, "--oidc-issuer", sso.Issuer(), "--database-logins", u.String(), "--no-watch")

	dir, env := home(t)
	opened := filepath.Join(dir, "opened")
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\necho \"$1\" >"+opened+".part && mv "+opened+".part "+opened+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, e := range env {
		if path, ok := strings.CutPrefix(e, "PATH="); ok {
			env[i] = "PATH=" + dir + ":" + path
		}
	}
	s := newScreen(t, append(env, "AIOPS_OIDC_ISSUER="+sso.Issuer()), "1440x900")
	start(t, s.env, windowed, "--db", service)
	before := s.wait("the window", func(img image.Image) bool { return colours(img, img.Bounds()) > 50 })
	s.do("mousemove", "1350", "24", "click", "1") // Sign in, in the header
	dialog := image.Rect(384, 230, 1056, 670)
	s.wait("the dialog", func(img image.Image) bool { return differ(before, img, dialog) > 0.2 })
	address := ""
	until(t, "the browser", func() bool {
		s.do("key", "Return") // the focus is on Open browser
		text, err := os.ReadFile(opened)
		if errors.Is(err, os.ErrNotExist) {
			return false
		}
		address = strings.TrimSpace(string(text))
		return address != ""
	})
	waiting := s.see()
	if err := kctest.Approve(t.Context(), address, "analyst", "analyst-pw"); err != nil {
		t.Fatal(err)
	}
	s.wait("that the dialog closes", func(img image.Image) bool { return differ(waiting, img, dialog) > 0.2 })
	s.wait("the series of the database", func(img image.Image) bool { return differ(before, img, image.Rect(0, 240, 260, 700)) > 0.01 })
	if strings.Contains(log.String(), "eyJ") {
		t.Error("the service's log has a token")
	}
}
