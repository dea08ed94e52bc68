package ingest

// incidentKind is a way in which things go wrong: what it does to the machine
// that is hit, and to others that depend on it.
type incidentKind struct {
	text      string
	roles     []string // who can be hit
	near      []string // who feels it
	effect    func(e *effects, from, to int, strength float64)
	neighbour func(e *effects, from, to int, strength float64)
}

var incidents = []incidentKind{
	{
		text: "Slow queries saturate the database", roles: []string{"db"}, near: []string{"api", "web"},
		effect: func(e *effects, from, to int, s float64) {
			e.plus(cpu, from, to, 52*s, plateau)
			e.times(latency, from, to, 1+5*s, plateau)
			e.times(diskRead, from, to, 1+2.5*s, plateau)
		},
		neighbour: func(e *effects, from, to int, s float64) {
			e.times(latency, from, to, 1+2.2*s, plateau)
			e.plus(cpu, from, to, 9*s, plateau)
			e.times(requests, from, to, 1-0.12*s, plateau)
		},
	},
	{
		text: "Memory leak", roles: []string{"api", "web", "batch"},
		effect: func(e *effects, from, to int, s float64) {
			e.plus(memory, from, to, 34*s, leakShape)
			e.times(latency, from, to, 1+1.4*s, ramp)
			e.plus(cpu, from, to, 16*s, ramp)
		},
	},
	{
		text: "Traffic surge", roles: []string{"web", "edge"}, near: []string{"web", "api", "cache", "edge"},
		effect: func(e *effects, from, to int, s float64) { e.times(requests, from, to, 1+1.1*s, plateau) },
		neighbour: func(e *effects, from, to int, s float64) {
			e.times(requests, from, to, 1+0.9*s, plateau)
		},
	},
	{
		text: "Packet loss on the uplink", roles: []string{"web", "api", "cache", "edge"},
		effect: func(e *effects, from, to int, s float64) {
			e.times(networkIn, from, to, 1-0.55*s, plateau)
			e.times(networkOut, from, to, 1-0.6*s, plateau)
			e.times(latency, from, to, 1+3*s, plateau)
			e.times(requests, from, to, 1-0.35*s, plateau)
		},
	},
	{
		text: "Runaway process", roles: []string{"api", "cache", "batch", "web"},
		effect: func(e *effects, from, to int, s float64) {
			e.plus(cpu, from, to, 61*s, plateau)
			e.plus(memory, from, to, 9*s, plateau)
			e.times(latency, from, to, 1+0.8*s, plateau)
		},
	},
	{
		text: "Disk fills with a core dump", roles: []string{"db", "batch", "api"},
		effect: func(e *effects, from, to int, s float64) {
			e.plus(diskUsed, from, to, 13*s, ramp)
			e.times(diskRead, from, to, 1+3*s, plateau)
			e.times(latency, from, to, 1+0.5*s, ramp)
		},
	},
	{
		text: "Cache is cold after a restart", roles: []string{"cache"}, near: []string{"db"},
		effect: func(e *effects, from, to int, s float64) {
			e.plus(memory, from, to, -28*s, func(x float64) float64 { return 1 - x })
			e.times(latency, from, to, 1+1.8*s, func(x float64) float64 { return 1 - x })
		},
		neighbour: func(e *effects, from, to int, s float64) {
			e.times(requests, from, to, 1+1.2*s, func(x float64) float64 { return 1 - x })
			e.times(diskRead, from, to, 1+1.9*s, func(x float64) float64 { return 1 - x })
		},
	},
}
