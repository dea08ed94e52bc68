package anomaly

// Point is what the detector says of one point, from what came before it alone.
type Point struct {
	Time  int64
	Value float64

	Expected     float64 // what was expected
	Lower, Upper float64 // the usual band about it

	Score float64 // 0..1, how unusual the point is; 0.5 is the default threshold
	Alert float64 // 0..1, the evidence for raising an alert here, silent for a while after one
	Kind  Kind    // of what is unusual; empty below the threshold
	Parts []Part  // what the score is made of, from the largest; nil below half the threshold

	evidence marks // what the server's score is made of
	quiet    bool  // not judged
}

// Threshold is the default threshold of both scores.
const Threshold = 0.5

// Anomalous reports whether the point is beyond the default threshold.
func (p Point) Anomalous() bool { return p.Score >= Threshold }

// Up reports whether the value lies above what was expected.
func (p Point) Up() bool { return p.Value > p.Expected }

// Part is a share of a score.
type Part struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // the shares of a point add up to 1
	Text  string  `json:"text"`  // for a person
}

// Kind says what is unusual about a point.
type Kind string

// The kinds.
const (
	Spike    Kind = "spike"
	Dip      Kind = "dip"
	Shift    Kind = "level shift"
	Variance Kind = "variance"
	Flat     Kind = "flat"
	Gap      Kind = "gap"
	Pattern  Kind = "pattern"
)

// scoreOf maps evidence to 0..1 so that the needed evidence is 0.5.
func scoreOf(evidence, needed float64) float64 {
	if evidence <= 0 {
		return 0
	}
	return evidence / (evidence + needed)
}
