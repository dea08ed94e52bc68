package app

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// rewriteEvery is how often the time of rules that did not change is written down.
const rewriteEvery = 10 * time.Minute

// keep remembers what the service told, for when it is away.
func (t *TeamRules) keep(l RuleList) {
	t.mu.Lock()
	defer t.mu.Unlock()
	same := t.last.Tag == l.Tag && len(t.last.Channels) == len(l.Channels) && l.At.Sub(t.stored) < rewriteEvery
	t.last = l
	if same {
		return
	}
	b := told{Text: l.Text, Tag: l.Tag, At: l.At}
	for _, c := range l.Channels {
		b.Channels = append(b.Channels, c.Name)
	}
	text, err := json.Marshal(b)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(t.kept), 0o777)
	}
	if err == nil {
		err = replaceFile(t.kept, text)
	}
	if err != nil { // only the next window without the service lacks them
		slog.Warn("keep the rules for when the service is away", "error.message", err.Error())
		return
	}
	t.stored = l.At
}

// known are the rules that were told last, also to a window that is closed
// since; none if there never were any.
func (t *TeamRules) known() RuleList {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.last.At.IsZero() {
		return t.last
	}
	none := RuleList{}
	none.Path = t.service
	text, err := os.ReadFile(t.kept)
	if err != nil {
		return none
	}
	var b told
	if json.Unmarshal(text, &b) != nil {
		return none // damaged: as good as not there
	}
	l, err := t.list(b)
	if err != nil {
		return none
	}
	t.last = l
	return l
}
