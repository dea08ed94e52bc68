// Package auto combines simple forecasts by how right each was on the series
// before (rolling origins inside the training data), and takes the uncertainty
// from the errors that the combination made there (split conformal, Vovk et
// al. 2005). Combining by a power of the inverse error is Bates & Granger 1969.
package auto
