// Package cli is the program's face on the command line: it parses flags, runs
// the use-cases of package app and prints what they did.
package cli
