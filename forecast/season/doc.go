// Package season finds out after how many steps a series repeats itself, from
// its autocorrelation.
package season
