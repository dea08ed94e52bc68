package anomaly

// rest keeps an alert from being raised again and again: after one, evidence
// counts only where it clearly exceeds all since, for some steps.
type rest struct {
	High float64 `json:"high"`
	Left int     `json:"left"` // steps of rest that remain
}

const (
	restSteps  = 200
	restExceed = 1.1 // how many times as much counts during the rest
	restFrom   = 1.5 // evidence of a metric that begins a rest
)

// add tells the evidence that counts; what is above `from` begins a rest.
func (r *rest) add(evidence, from float64) float64 {
	if r.Left > 0 {
		r.Left--
		if evidence <= restExceed*r.High {
			return 0
		}
	} else {
		r.High = 0
	}
	if evidence > from {
		r.High, r.Left = max(r.High, evidence), restSteps
	}
	return evidence
}
