// Package authtest is a sign-in server in the process, for tests: it answers
// as Keycloak 26 does, to the letter of its errors, and does on demand what a
// real one cannot be made to do. Tests against the real one compare both.
package authtest
