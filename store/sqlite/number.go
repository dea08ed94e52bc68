package sqlite

import "math"

// seconds is a time or distance as the database keeps it: whole seconds as an
// integer, others as a float.
func seconds(t int64) any {
	if t%1_000_000 == 0 {
		return t / 1_000_000
	}
	return float64(t) / 1e6
}

// number is a value as the database keeps it: whole ones as an integer.
func number(v float64) any {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return int64(v)
	}
	return v
}

// micros turns seconds back into microseconds.
func micros(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v * 1_000_000
	case float64:
		whole := math.Floor(v)
		return int64(whole)*1_000_000 + int64(math.Round((v-whole)*1e6))
	}
	return 0
}

// float reads a value back.
func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// bucket is the start of the bucket of the given length that t lies in.
func bucket(t, step int64) int64 {
	b := t - t%step
	if b > t {
		b -= step
	}
	return b
}
