// Package capacity tells when a series reaches a threshold, and how sure that is.
package capacity
