// Package backtest measures forecasts against what came: rolling origins and
// the usual error measures.
package backtest
