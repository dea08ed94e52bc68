// Package wire reads what other programs push: Prometheus remote write 1.0 and
// 2.0, OpenMetrics and Prometheus text, Influx line protocol. Bytes come in,
// series and refused rows with their reasons come out; nothing is stored here.
package wire
