package view

import (
	"strings"
	"testing"
	"time"

	"aiops/app/auth"
)

func TestCountdown(t *testing.T) {
	began := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	s := NewSignIn("fleet", "sso.example.com").Begun(&auth.Code{User: "WDJB-MJHT", Address: "https://sso.example.com/device", Began: began, Expires: began.Add(10 * time.Minute)})
	if s.Title != "Sign in to fleet" || s.Address != "sso.example.com/device" || s.Open != "https://sso.example.com/device" {
		t.Errorf("%+v", s)
	}
	for after, want := range map[time.Duration]Countdown{
		18 * time.Second:               {Left: "9 min 42 s", Of: "of 10 min", Share: 0.97},
		9 * time.Minute:                {Left: "1 min", Of: "of 10 min", Share: 0.1, Last: true},
		9*time.Minute + 59*time.Second: {Left: "1 s", Of: "of 10 min", Share: 1. / 600, Last: true},
		11 * time.Minute:               {Left: "0 s", Of: "of 10 min", Last: true, Over: true},
		-time.Minute:                   {Left: "10 min", Of: "of 10 min", Share: 1}, // a clock that was set back
	} {
		if got := s.Countdown(began.Add(after)); got != want {
			t.Errorf("after %v: %+v", after, got)
		}
	}
	if got := (SignIn{}).Countdown(began); got != (Countdown{}) {
		t.Errorf("without a code: %+v", got)
	}
}

func TestQRIsTheSameOnScreenAndTerminal(t *testing.T) {
	const address = "https://sso.example.com/keycloak/realms/aiops/device?user_code=WDJB-MJHT"
	img, err := QR(address, 5)
	if err != nil {
		t.Fatal(err)
	}
	text, err := QRText(address)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	side := img.Bounds().Dx() / 5
	dark := func(x, y int) bool { r, _, _, _ := img.At(x*5+2, y*5+2).RGBA(); return r == 0 }
	for y := range side {
		line := []rune(strings.TrimSuffix(strings.TrimPrefix(lines[y/2], "\x1b[40;97m"), "\x1b[0m"))
		if len(line) != side {
			t.Fatalf("line %d has %d characters for %d modules", y/2, len(line), side)
		}
		for x, r := range line {
			on := map[rune]bool{' ': true, '▄': y%2 == 0, '▀': y%2 == 1, '█': false}[r]
			if on != dark(x, y) {
				t.Fatalf("module %d, %d differs", x, y)
			}
			if margin := x < 4 || y < 4 || x >= side-4 || y >= side-4; margin && dark(x, y) {
				t.Fatalf("module %d, %d is dark in the margin", x, y)
			}
		}
	}
}
