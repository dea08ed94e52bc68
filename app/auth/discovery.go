package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/oauth2"
)

// document is what the server says of itself (OpenID Connect Discovery 1.0).
type document struct {
	Issuer     string `json:"issuer"`
	Token      string `json:"token_endpoint"`
	Device     string `json:"device_authorization_endpoint"`
	Keys       string `json:"jwks_uri"`
	Revoke     string `json:"revocation_endpoint"`
	End        string `json:"end_session_endpoint"`
	Introspect string `json:"introspection_endpoint"`
}

// endpoint has the style in parameters: with any other one each poll would be sent twice.
func (d document) endpoint() oauth2.Endpoint {
	return oauth2.Endpoint{TokenURL: d.Token, DeviceAuthURL: d.Device, AuthStyle: oauth2.AuthStyleInParams}
}

// discover asks the server, and where it is away takes what it said the last time.
func discover(ctx context.Context, w *wire, issuer string, c cache) (document, error) {
	var d document
	err := w.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", &d)
	if errors.Is(err, ErrAway) && c.load("server", &d) == nil && d.Issuer == issuer {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if d.Issuer != issuer {
		return d, problem(ErrIssuer, fmt.Errorf("%s says %s", issuer, d.Issuer),
			"The server at %s calls itself %q. Both must be the same to the letter: use that address, or set the server's hostname to the one before its proxy (Keycloak: --hostname).", issuer, d.Issuer)
	}
	if d.Token == "" || d.Keys == "" {
		return d, problem(ErrAnswer, nil, "The server at %s names no token endpoint or no keys: it is not an OpenID Connect server.", issuer)
	}
	return d, c.save("server", d)
}

// cache keeps a server's public documents for times without a network; "" keeps nothing.
type cache string

func newCache(dir, issuer string) cache {
	if dir == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(issuer))
	return cache(filepath.Join(dir, hex.EncodeToString(sum[:6])))
}

func (c cache) load(name string, into any) error {
	if c == "" {
		return fs.ErrNotExist
	}
	text, err := os.ReadFile(filepath.Join(string(c), name+".json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func (c cache) save(name string, v any) error {
	if c == "" {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(string(c), name+".json"), text)
}

// writeFile puts a file in its place whole, readable by its owner only.
func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".part-*") // 0600
	if err != nil {
		return err
	}
	_, err = part.Write(text)
	err = errors.Join(err, part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}
