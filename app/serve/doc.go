// Package serve is the REST service: metrics come in and go out over HTTP, with
// forecasts, anomalies, alerts and the same figures as on the screen.
package serve
