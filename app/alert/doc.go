// Package alert says when a rule is broken: it evaluates rules over points as
// they come or as they are stored, with the same code.
//
// A page or a command needs these:
//
//	Load(path) (File, error)                      rules and channels of a YAML file
//	Evaluate(ctx, st, rules, range, options)      what would have fired: a preview, nothing is stored
//	NewLive(st, rules, options), Live.Poll        the same as points come in, stored and notified
//	Firing(transitions), PendingNow(transitions)  how things stand
//	Analyze(transitions, range, zone)             what was noisy, what flapped, when, how long
//	Silenced(silence, transition)                 does a silence cover it
//
// Transitions and silences are kept in the store.
package alert
