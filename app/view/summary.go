package view

import "aiops/metric"

// summarize is the summary of the part of a series inside a range.
func summarize(p *metric.Pyramid, r metric.Range) metric.Summary {
	if p == nil {
		return metric.Summarize(metric.Envelope{})
	}
	return metric.Summarize(slice(p.Envelope, r))
}
