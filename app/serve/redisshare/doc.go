// Package redisshare is what several instances of the service share through
// Redis: a cache of hot reads and rate limits. A Redis that dies only slows
// things down: every call is short, and without it each instance goes on alone.
package redisshare
