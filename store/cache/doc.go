// Package cache goes on with a local copy while a database is away, and sends
// what was changed in between when it is back.
package cache
