// Package forecast says what a series will do: it prepares, tunes, trains,
// evaluates and predicts, keeps trained models, and says how sure it is.
package forecast
