// Package metric is the vocabulary: series, ranges, units and what can be
// computed from them. It imports the standard library only.
package metric
