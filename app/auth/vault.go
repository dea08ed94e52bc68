package auth

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aiops/app/keyring"
)

// session is who signed in, with the tokens for it. Only the vault writes tokens.
type session struct {
	Config   Config    `json:"config"`
	Identity Identity  `json:"identity"`
	Seen     time.Time `json:"seen"`            // when the server last confirmed it
	Ended    string    `json:"ended,omitempty"` // why signing in again is needed
	tokens   tokens
}

type tokens struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Fresh   time.Time `json:"fresh"`   // when the access token should be renewed
	Expires time.Time `json:"expires"` // when it ends
	// Databases are the logins that services gave, by their addresses.
	Databases map[string]DatabaseLogin `json:"databases,omitempty"`
}

// stored is the session's file: the tokens are sealed with a key that is in the
// system's keyring, as some keyrings take less than a token's length.
type stored struct {
	session
	Sealed []byte  `json:"sealed,omitempty"`
	Plain  *tokens `json:"plain,omitempty"` // where there is no keyring
}

const ringService = "aiops-dashboard"

// PlainWarning says that tokens are not sealed.
const PlainWarning = "This computer has no keyring that could be used: the tokens are in a file that only your account can read."

type vault struct {
	dir    string
	noRing bool
}

func (v vault) path() string { return filepath.Join(v.dir, "session.json") }

// account is the keyring's name of the key; another data directory has another one.
func (v vault) account() string { return "sign-in " + v.dir }

// load returns ErrSignedOut if there is no session. One whose key is gone has ended.
func (v vault) load(ctx context.Context) (session, error) {
	text, err := os.ReadFile(v.path())
	if errors.Is(err, fs.ErrNotExist) {
		return session{}, problem(ErrSignedOut, nil, "Nobody is signed in. Sign in with `aiops login`.")
	}
	if err != nil {
		return session{}, fmt.Errorf("read the session: %w", err)
	}
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return session{}, problem(ErrSignedOut, err, "The stored session %s is damaged. Sign in again.", v.path())
	}
	if s.Identity.Subject == "" { // only the server's address is remembered
		return s.session, problem(ErrSignedOut, nil, "Nobody is signed in. Sign in with `aiops login`.")
	}
	if s.Plain != nil {
		s.tokens = *s.Plain
		return s.session, nil
	}
	if s.Sealed == nil {
		s.Ended = cmp.Or(s.Ended, "The stored session has no tokens. Sign in again.")
		return s.session, nil
	}
	return v.unseal(ctx, s)
}

func (v vault) unseal(ctx context.Context, s stored) (session, error) {
	key, err := keyring.Get(ctx, ringService, v.account())
	if errors.Is(err, keyring.ErrNotFound) {
		s.Ended = "The keyring no longer has the key of the stored session. Sign in again."
		return s.session, nil
	}
	if err != nil {
		return s.session, fmt.Errorf("open the stored session: %w", err)
	}
	text, err := open(key, s.Sealed)
	if err != nil || json.Unmarshal(text, &s.tokens) != nil {
		s.Ended = "The stored session cannot be opened with the keyring's key. Sign in again."
	}
	return s.session, nil
}

// save stores a session, with a warning where its tokens are not sealed.
func (v vault) save(ctx context.Context, s session) (warning string, err error) {
	out := stored{session: s}
	if s.tokens.Access != "" {
		if out.Sealed, err = v.seal(ctx, s.tokens); errors.Is(err, keyring.ErrUnavailable) {
			out.Plain, warning = &s.tokens, PlainWarning
		} else if err != nil {
			return "", fmt.Errorf("store the session: %w", err)
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "", err
	}
	if err := writeFile(v.path(), text); err != nil {
		return "", fmt.Errorf("store the session: %w", err)
	}
	return warning, nil
}

func (v vault) seal(ctx context.Context, t tokens) ([]byte, error) {
	if v.noRing {
		return nil, keyring.ErrUnavailable
	}
	key, err := keyring.Get(ctx, ringService, v.account())
	if errors.Is(err, keyring.ErrNotFound) {
		raw := make([]byte, 32)
		rand.Read(raw) // never fails
		key = base64.StdEncoding.EncodeToString(raw)
		err = keyring.Set(ctx, ringService, v.account(), key)
	}
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	c, err := sealer(key)
	if err != nil {
		return nil, err
	}
	return c.Seal(nil, nil, text, nil), nil
}

func open(key string, sealed []byte) ([]byte, error) {
	c, err := sealer(key)
	if err != nil {
		return nil, err
	}
	return c.Open(nil, nil, sealed, nil)
}

func sealer(key string) (cipher.AEAD, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, fmt.Errorf("the keyring's key is damaged: %w", err)
	}
	b, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("the keyring's key is damaged: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(b)
}

// remove forgets the session and its key, but not where it was.
func (v vault) remove(ctx context.Context, place Config) error {
	_, err := v.save(ctx, session{Config: place})
	ring := keyring.Delete(ctx, ringService, v.account())
	if errors.Is(ring, keyring.ErrNotFound) || errors.Is(ring, keyring.ErrUnavailable) {
		ring = nil // without the file the key opens nothing
	}
	return errors.Join(err, ring)
}
