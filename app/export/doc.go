// Package export writes reports, pictures and tables of stored metrics to a
// directory, without a window and without a network.
package export
