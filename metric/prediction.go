package metric

// Prediction is a forecast of one series as it is stored: values with the
// bounds of one interval.
type Prediction struct {
	Key
	Made  int64   // when, Unix microseconds
	Model string  // which model made it: "auto", "prophet"
	Level float64 // of the interval: 0.8
	Times []int64
	Value []float64
	Lower []float64
	Upper []float64
}
