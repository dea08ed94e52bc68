// Package e2e drives the built program from outside, as its users do: `make e2e`.
package e2e
