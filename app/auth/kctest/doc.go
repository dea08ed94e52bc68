// Package kctest starts Keycloak for tests: a real server of their own on a
// free port, with deploy/keycloak/realm-export.json in it, that ends with the
// test program however that ends. It also is the browser that approves a sign-in.
package kctest
