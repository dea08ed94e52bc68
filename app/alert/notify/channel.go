package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Channel sends a message once. A permanent error is not tried again.
type Channel interface {
	Send(ctx context.Context, m Message) error
}

// permanentError is an error that trying again does not mend.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

// laterError is an error whose end the other side has told.
type laterError struct {
	error
	after time.Duration
}

func (e laterError) Unwrap() error { return e.error }

// secret is a text that must not be seen.
type secret string

// hide takes secrets out of an error's text.
func hide(err error, secrets ...secret) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, s := range secrets {
		if len(s) > 3 { // shorter ones are part of every text
			text = strings.ReplaceAll(text, string(s), "***")
		}
	}
	if text == err.Error() {
		return err
	}
	plain := errors.New(text)
	var p permanentError
	if errors.As(err, &p) {
		return permanentError{plain}
	}
	return plain
}

// fromEnv reads a secret; an empty name is none.
func fromEnv(channel, name string) (secret, error) {
	if name == "" {
		return "", nil
	}
	v := os.Getenv(name)
	if v == "" {
		return "", fmt.Errorf("channel %s: the environment variable %s is not set; set it before aiops is started", channel, name)
	}
	return secret(v), nil
}

// Open makes a channel of its description.
func Open(c Config) (Channel, error) {
	switch c.Kind {
	case Log:
		return logChannel{}, nil
	case Desktop:
		return openDesktop()
	case Webhook:
		return openWebhook(c)
	case Alertmanager:
		return openAlertmanager(c)
	case Mail:
		return openMail(c)
	}
	return nil, fmt.Errorf("channel %s: the kind %q is not known", c.Name, c.Kind)
}

// logChannel writes a line for each change.
type logChannel struct{}

func (logChannel) Send(ctx context.Context, m Message) error {
	for _, t := range m.Changes {
		level := slog.LevelInfo
		if firing(t) {
			level = slog.LevelWarn
		}
		slog.Log(ctx, level, "alert "+string(t.To), "rule", t.Rule, "vm", t.VM, "metric", t.Metric, "severity", t.Severity, "summary", t.Summary)
	}
	return nil
}
