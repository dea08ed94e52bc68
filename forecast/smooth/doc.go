// Package smooth forecasts by exponential smoothing: with two seasons and an
// autocorrelated error (Taylor 2003), and by the Theta method (Assimakopoulos
// & Nikolopoulos 2000).
package smooth
