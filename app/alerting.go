package app

import "aiops/app/alert"

// Alerts is what is known as alert rules take it: their detectors then score
// what Analyse scores, and nothing begins to fire in quiet times.
func (n Knowledge) Alerts() alert.Options {
	return alert.Options{Detector: n.Options, Quiet: n.Quiet, Skip: n.Skip}
}
