// Package prophet fits and extrapolates the model of Prophet 1.1.5: a piecewise
// trend plus seasonalities, holidays and regressors, solved to its optimum.
//
// The model is that of Taylor and Letham, "Forecasting at scale" (The American
// Statistician 72, 2018); every rule (where changepoints lie, which seasons are
// on, how holidays become columns, how future trend changes are drawn) follows
// the behaviour of the Python package prophet 1.1.5, and Config has its options
// under their Python names. What differs is the solver: Prophet stops Stan's
// optimiser near the maximum of the posterior, this package goes to it.
//
// Fit scales as Prophet does: time runs from 0 to 1 over the history, values are
// divided by the largest absolute one. K, M, Delta, Beta and SigmaObs are in
// these units; everything in a Prediction is in the units of the values, except
// multiplicative components, which are fractions of the trend. Times are Unix
// microseconds in UTC.
//
// Where the rows can be met exactly (two rows, a series without noise) the
// posterior has no maximum: it grows without end as the noise goes to 0. If no
// maximum with noise exists, SigmaObs ends at 1e-9, the value which Prophet
// gives to constant series.
//
// Errors name the option or the column, what is wrong with it and what would be
// right. Samples from the posterior (mcmc_samples) are not offered.
package prophet
