package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Claims are a token's, to be changed by a test.
type Claims map[string]any

type signer struct {
	id  string
	alg jose.SignatureAlgorithm
	key crypto.Signer
}

// Rotate makes it sign with a new key and throw the old ones away.
func (s *Server) Rotate() {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	s.set(func() { s.keys = []signer{{random(), jose.RS256, key}} })
}

// AddKeys adds a key of each other algorithm that is taken.
func (s *Server) AddKeys() {
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(ed, err)
	s.set(func() {
		s.keys = append(s.keys, signer{random(), jose.ES256, ec}, signer{random(), jose.EdDSA, ed},
			signer{random(), jose.PS256, must(rsa.GenerateKey(rand.Reader, 2048))})
	})
}

func (s *Server) publicKeys() jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for _, k := range s.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{KeyID: k.id, Key: k.key.Public(), Algorithm: string(k.alg), Use: "sig"})
	}
	return set
}

// AccessClaims are those of an access token for the user.
func (s *Server) AccessClaims(u User) Claims {
	now := s.now()
	return Claims{
		"iss": s.Issuer(), "sub": "id-of-" + u.Name, "aud": []string{"aiops-api", "account"}, "azp": "aiops-desktop", "typ": "Bearer", "jti": random(),
		"iat": now.Unix(), "exp": now.Add(s.Life).Unix(), "name": "Demo " + u.Name, "preferred_username": u.Name, "email": u.Name + "@example.test",
		"realm_access": map[string]any{"roles": append([]string{"default-roles-aiops"}, u.Roles...)}, "groups": u.Groups,
	}
}

// Mint signs claims with the server's key for an algorithm.
func (s *Server) Mint(alg string, c Claims) (raw string) {
	s.set(func() {
		for _, k := range s.keys {
			if string(k.alg) == alg {
				raw = s.mint(k, c)
			}
		}
	})
	return raw
}

// MintUnknown signs with a key that the server does not have, but for the key
// id that the server has if named.
func (s *Server) MintUnknown(known bool, c Claims) string {
	k := signer{random(), jose.RS256, must(rsa.GenerateKey(rand.Reader, 2048))}
	if known {
		k.id = s.keys[0].id
	}
	return s.mint(k, c)
}

// MintHMAC signs with the server's public key as a shared secret.
func (s *Server) MintHMAC(c Claims) string {
	der := must(x509.MarshalPKIXPublicKey(s.keys[0].key.Public()))
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	sig := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: secret, KeyID: s.keys[0].id}}, nil))
	return must(jwt.Signed(sig).Claims(map[string]any(c)).Serialize())
}

// MintNone has no signature.
func (s *Server) MintNone(c Claims) string {
	part := func(v any) string { return base64.RawURLEncoding.EncodeToString(must(json.Marshal(v))) }
	return part(map[string]string{"alg": "none", "typ": "JWT", "kid": s.keys[0].id}) + "." + part(c) + "."
}

func (s *Server) mint(k signer, c Claims) string {
	sig := must(jose.NewSigner(jose.SigningKey{Algorithm: k.alg, Key: jose.JSONWebKey{Key: k.key, KeyID: k.id}}, (&jose.SignerOptions{}).WithType("JWT")))
	return must(jwt.Signed(sig).Claims(map[string]any(c)).Serialize())
}

// must is for what fails only when the test is wrong.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// MintRaw signs an access token with one claim that is any JSON; false if it is none.
func (s *Server) MintRaw(name, value string) (string, bool) {
	if !json.Valid([]byte(value)) {
		return "", false
	}
	c := s.AccessClaims(User{Name: "x"})
	c[name] = json.RawMessage(value)
	return s.Mint("RS256", c), true
}
