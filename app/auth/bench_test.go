package auth_test

import (
	"testing"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
)

// What the service spends on every request to know who asks.
func BenchmarkVerify(b *testing.B) {
	s := authtest.Start(b, "", false)
	s.AddKeys()
	v := verifier(b, s, auth.VerifierOptions{})
	for _, alg := range []string{"RS256", "ES256", "PS256", "EdDSA"} {
		b.Run(alg, func(b *testing.B) {
			raw := auth.Secret(s.Mint(alg, s.AccessClaims(authtest.User{Name: "ann", Roles: []string{"analyst"}})))
			if _, err := v.Verify(b.Context(), raw); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(b.Context(), raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
