// Package notify tells people and other programs of alerts: through the log,
// the desktop, webhooks, mail and Prometheus Alertmanager. A channel that fails
// is retried and shown; it never holds up the others or the rules.
package notify
