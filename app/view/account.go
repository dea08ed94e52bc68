package view

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"aiops/app/auth"
)

// Account is what the header tells of who is signed in.
type Account struct {
	Label  string // "Sign in", "Signing in...", the name
	Detail string // the role, or that it is the last known
	Known  bool   // somebody is or was signed in
	Amber  bool   // what is told is not of now
	Ended  string // why signing in again is needed
}

// AccountOf tells of a status.
func AccountOf(st auth.Status, zone *time.Location) Account {
	if st.Identity.Subject == "" {
		return Account{Label: "Sign in"}
	}
	a := Account{Label: st.Identity.Name, Known: true, Detail: "no role"}
	if len(st.Identity.Roles) > 0 {
		a.Detail = string(st.Identity.Roles[0])
	}
	switch {
	case st.Ended != "":
		a.Label, a.Detail, a.Amber, a.Ended = "Sign in again", st.Identity.Name, true, st.Ended
	case st.Offline:
		a.Detail, a.Amber = a.Detail+", as of "+st.Seen.In(zone).Format("15:04:05"), true
	}
	return a
}

// Refusal says why something is not offered to who is signed in; "" if it is.
func Refusal(st auth.Status, a auth.Action) string {
	switch {
	case st.Identity.Can(a):
		return ""
	case st.Identity.Subject == "":
		return "Sign in to do this"
	}
	return fmt.Sprintf("This needs the role %s; %s is signed in as %s", auth.Needs(a), st.Identity.Name, roleText(st.Identity.Roles))
}

func roleText(roles []auth.Role) string {
	if len(roles) == 0 {
		return "nobody with a role"
	}
	return string(roles[0])
}

// Line is a name and what belongs to it.
type Line struct{ Name, Text string }

// WhoAmI tells of who is signed in.
func WhoAmI(st auth.Status, zone *time.Location) []Line {
	i := st.Identity
	seen := "confirmed at " + st.Seen.In(zone).Format("15:04:05")
	if st.Offline {
		seen = "the server is away; last confirmed " + st.Seen.In(zone).Format("2006-01-02 15:04:05")
	}
	return []Line{
		{"Name", i.Name}, {"Mail", cmp.Or(i.Email, "–")}, {"Role", roleText(i.Roles)}, {"Teams", cmp.Or(strings.Join(i.Teams, ", "), "–")},
		{"Server", st.Issuer}, {"Session", seen},
	}
}
