// Package autoreg forecasts by ridge regression on earlier values: the last
// few, and those around one and several seasons ago (Hoerl & Kennard 1970; the
// penalty by generalised cross-validation, Golub, Heath & Wahba 1979).
package autoreg
