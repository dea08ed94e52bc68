package auth

import "log/slog"

// Secret is a token or a password: it prints and logs as nothing that helps anybody.
type Secret string

const hidden = "[hidden]"

// String hides it in texts.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides it in %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides it in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides it in JSON and in every other text format: who stores it must say so by Reveal.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal is the secret itself, to be sent or stored.
func (s Secret) Reveal() string { return string(s) }
