// Package charts draws figures: the same Figure on the screen, in PNG, SVG and
// PDF, through the drawing primitives of gonum/plot.
package charts
