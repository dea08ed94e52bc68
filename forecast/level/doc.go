// Package level forecasts by simple rules: the last value, one season ago,
// medians, and the time-of-day profile with the present level. They are what
// elaborate methods have to beat, and on spiky metrics they often win.
package level
