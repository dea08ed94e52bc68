// Package store says what a database of metrics can do; its sub-packages do it.
package store
