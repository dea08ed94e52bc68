// Package bench measures the built program beside its peers, as whole
// processes in one run: `make bench`.
package bench
