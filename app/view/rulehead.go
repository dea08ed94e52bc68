package view

import (
	"fmt"
	"strings"

	"aiops/app"
)

// RulesHead is what stands above the list of rules: whose they are, and why
// they cannot be changed.
type RulesHead struct {
	Title  string // Rules of https://aiops.example.com
	Note   string // empty: there is no more to say
	Fixed  string // why they cannot be changed; empty: they can be
	Amber  bool   // what is shown is not of now
	Again  bool   // trying once more may help
	SignIn bool   // signing in may help
	None   string // stands in the place of the list when it is empty
}

// LoneNote says of a database that is everybody's whose rules are run there.
func LoneNote(database string) string {
	return database + " has no rules of its own. These run while this window is open, and what they find is recorded in " + database + "."
}

// OfflineNote says whose rules are shown with the copy of a service's database.
func OfflineNote(service string) string {
	return "Offline, so these are not the rules of " + service + ". They can be tried; nothing is recorded."
}

// RulesHead tells whose rules are shown. Refusal is why who is signed in may not
// change a team's rules; note is what else is to be said of a computer's own.
func (b *AlertBook) RulesHead(refusal, note string) RulesHead {
	switch {
	case b == nil:
		return RulesHead{None: "Reading the rules.", Fixed: "The rules are not read yet"}
	case b.Place == "":
		return RulesHead{None: "There is no place for rules here.", Fixed: "There is no place for rules here"}
	}
	h := RulesHead{Title: "Rules of this computer: " + b.Place, Note: note, None: "There are no rules yet. Make one with New rule, or from an incident with Create alert."}
	if b.RulesErr != nil && !b.Shared {
		h.None = firstLine(b.RulesErr) + ". Correct the file; it is read again at the next refresh."
	}
	if b.Shared {
		b.teamHead(&h, refusal)
	}
	return h
}

func (b *AlertBook) teamHead(h *RulesHead, refusal string) {
	h.Title = "Rules of " + b.Place
	h.None = "The team has no rules yet. Make one with New rule, or from an incident with Create alert."
	switch {
	case b.RulesErr != nil:
		h.Amber, h.SignIn = true, app.NeedsSignIn(b.RulesErr)
		h.Again = !h.SignIn
		h.Fixed = strings.TrimSuffix(firstLine(b.RulesErr), ".")
		h.Note = h.Fixed + ". This computer has never read the rules."
		h.None = "The rules are not known."
		if !b.Rules.At.IsZero() {
			h.Note = h.Fixed + ". These are the rules as of " + b.clock.lately(b.Rules.At, "15:04:05") + ", to be looked at."
			h.None = "There were no rules."
		}
	case refusal != "":
		h.Fixed, h.Note = refusal, "You can look at the rules and try them, not change them. "+refusal+"."
		h.None = "The team has no rules yet."
	}
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}

// NoisyHead are the columns of the noisiest rules.
func NoisyHead() []string {
	return []string{"Rule", "Fired", "A day", "Over after", "Last edit, a day"}
}

// Noisy lists the rules that fired within the last 30 days, the noisiest first,
// with what their last edit changed.
func (b *AlertBook) Noisy() (out [][]string) {
	edits := map[string]string{}
	for _, e := range b.Stats.Edits {
		edits[e.Rule] = fmt.Sprintf("%s: %s to %s", b.clock.In(e.At).Format("2 Jan"), perDay(e.FiredBefore, e.DaysBefore), perDay(e.FiredAfter, e.DaysAfter))
	}
	for _, c := range b.Stats.Rules {
		if c.Fired == 0 {
			continue
		}
		took, edited := "–", "–"
		if c.ToResolve.N > 0 {
			took = Duration(c.ToResolve.Median.Microseconds())
		}
		if e := edits[c.Name]; e != "" {
			edited = e
		}
		out = append(out, []string{c.Name, fmt.Sprint(c.Fired), rate(c.PerDay), took, edited})
	}
	return out
}

// perDay is how often something fired a day; a time of less than an hour counts as one.
func perDay(n int, days float64) string { return rate(float64(n) / max(days, 1.0/24)) }

func rate(a float64) string {
	if a > 0 && a < 0.05 {
		return "<0.1"
	}
	return fmt.Sprintf("%.1f", a)
}

// Flapping tells which series change so often that telling it helps nobody; empty: none.
func (b *AlertBook) Flapping() string {
	var names []string
	for _, c := range b.Stats.Series {
		if c.Flapping() {
			names = append(names, c.Name+" on "+c.Key.String())
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " flaps"
	}
	return fmt.Sprintf("%s and %d more flap", names[0], len(names)-1)
}
