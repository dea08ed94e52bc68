package notify

import (
	"time"

	"aiops/metric"
)

// The kinds of channels.
const (
	Log          = "log"
	Desktop      = "desktop"
	Webhook      = "webhook"
	Mail         = "mail"
	Alertmanager = "alertmanager"
)

// Kinds are all of them.
var Kinds = []string{Log, Desktop, Webhook, Mail, Alertmanager}

// How mail is encrypted.
const (
	StartTLS = "starttls"
	TLS      = "tls"
	NoTLS    = "none"
)

// Defaults of a channel.
const (
	DefaultAttempts = 8
	DefaultTimeout  = 10 * time.Second
)

// Config is a channel as the rules file describes it. Secrets are in the
// environment variables that it names, never in it.
type Config struct {
	Name string
	Kind string

	Severities []metric.Severity // only these; none: all
	OnlyFiring bool              // not when it is over
	Attempts   int               // 0: DefaultAttempts
	Timeout    time.Duration     // of one attempt; 0: DefaultTimeout

	URL      string // webhook, alertmanager
	URLEnv   string
	TokenEnv string // a bearer token

	Server      string // mail: host:port
	TLS         string
	User        string
	PasswordEnv string
	From        string
	To          []string
}

// GroupBy says which changes share a message.
type GroupBy string

// The groupings.
const (
	ByRule     GroupBy = "rule"
	ByVM       GroupBy = "vm"
	ByIncident GroupBy = "incident" // what changes at about the same time
	Single     GroupBy = "none"
)

// GroupNames are the groupings as they are written.
func GroupNames() []string {
	return []string{string(ByRule), string(ByVM), string(ByIncident), string(Single)}
}

// Grouping says how changes are put together into messages.
type Grouping struct {
	By     GroupBy       // empty: ByRule
	Wait   time.Duration // for more of the group before a message is sent
	Repeat time.Duration // what still fires is told again after that; 0: once
}
