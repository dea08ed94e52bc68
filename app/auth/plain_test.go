package auth_test

import (
	"testing"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
)

// plainClient keeps its tokens in a file, as there is no keyring.
func plainClient(t *testing.T, s *authtest.Server) (*auth.Client, string) {
	t.Helper()
	dir := t.TempDir()
	c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.Issuer()}, auth.ClientOptions{Dir: dir, NoKeyring: true})
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

func signedInPlain(t *testing.T, s *authtest.Server, c *auth.Client) (warning string) {
	t.Helper()
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Approve(code.User, ann)
	_, warning, err = c.Wait(t.Context(), code, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	return warning
}
