package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strconv"

	"github.com/cespare/xxhash/v2"
	"github.com/danielgtaylor/huma/v2"

	"aiops/app/alert"
)

type alertRulesBody struct {
	Text  string         `json:"text" doc:"The list of rules as YAML, with its comments; docs/ALERTS.md describes it. Channels are not part of it"`
	Rules []alertRuleRow `json:"rules"`

	Channels []string `json:"channels" doc:"Names of the channels that rules may notify"`
}

type alertRuleRow struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Severity string   `json:"severity"`
	Notify   []string `json:"notify,omitempty" doc:"Channels; none: all of them"`
}

type alertRulesOutput struct {
	ETag string `header:"ETag"`
	Body alertRulesBody
}

type alertRulesPut struct {
	Match string `header:"If-Match" maxLength:"200" doc:"The ETag of the rules that these replace; * for whatever they are"`
	Body  struct {
		Text string `json:"text" maxLength:"1000000" doc:"The whole list of rules as YAML, beginning with rules:" example:"rules: []"`
	}
}

// rulesPath is the file, or why there is none.
func (s *Server) rulesPath() (string, error) {
	if s.opt.Watch.File == "" {
		return "", huma.Error404NotFound("This service evaluates no alert rules; it was started with --no-watch.")
	}
	return s.opt.Watch.File, nil
}

func (s *Server) getAlertRules(context.Context, *struct{}) (*alertRulesOutput, error) {
	path, err := s.rulesPath()
	if err != nil {
		return nil, err
	}
	text, f, err := alert.Section(path)
	if err != nil {
		return nil, huma.Error409Conflict("The rules file is not right, so the rules read before go on. Mend it on the server: " + err.Error())
	}
	out := &alertRulesOutput{rulesTag(text), alertRulesBody{text, []alertRuleRow{}, []string{}}}
	for _, c := range f.Channels {
		out.Body.Channels = append(out.Body.Channels, c.Name)
	}
	for _, r := range f.Rules {
		out.Body.Rules = append(out.Body.Rules, alertRuleRow{r.Name, string(r.Kind), string(r.Severity), r.Notify})
	}
	return out, nil
}

func rulesTag(text string) string {
	return `"` + strconv.FormatUint(xxhash.Sum64String(text), 36) + `"`
}

// putAlertRules replaces the rules that the client has seen. The watcher takes them in at once.
func (s *Server) putAlertRules(ctx context.Context, in *alertRulesPut) (*alertRulesOutput, error) {
	path, err := s.rulesPath()
	if err != nil {
		return nil, err
	}
	if in.Match == "" {
		return nil, huma.NewError(http.StatusPreconditionRequired, "Send the ETag of the rules that these replace as If-Match, so that nobody's change is overwritten unseen.")
	}
	s.editing.Lock()
	defer s.editing.Unlock()
	was, _, err := alert.Section(path)
	if err != nil {
		return nil, huma.Error409Conflict("The rules file must be right before it is changed here: " + err.Error())
	}
	if in.Match != "*" && in.Match != rulesTag(was) {
		err = alert.ErrChanged
	} else {
		err = alert.PutSection(path, was, in.Body.Text)
	}
	if errors.Is(err, alert.ErrChanged) {
		return nil, huma.NewError(http.StatusPreconditionFailed, "The rules were changed meanwhile. Read them again, and make your change in what they are now.")
	}
	if err != nil {
		return nil, mistakes(err)
	}
	if s.watch != nil {
		s.watch.wake()
	}
	s.changed("alert-rules")
	return s.getAlertRules(ctx, nil)
}

// mistakes tells each of them; what is no mistake in the rules stays what it is.
func mistakes(err error) error {
	if errors.As(err, new(*fs.PathError)) || errors.As(err, new(*os.LinkError)) {
		return err
	}
	var file interface{ Unwrap() []error }
	all := []error{err}
	if errors.As(err, &file) {
		all = file.Unwrap()
	}
	details := make([]error, len(all))
	for i, e := range all {
		details[i] = &huma.ErrorDetail{Location: "body.text", Message: e.Error()}
	}
	return huma.Error422UnprocessableEntity(fmt.Sprintf("The rules are not right (%d mistakes); nothing was changed.", len(all)), details...)
}

// matched documents what goes with If-Match.
func matched(op *huma.Operation, _ huma.Registry) {
	op.Errors = append(op.Errors, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusNotFound)
}

// sometimes documents that a service may not have it.
func sometimes(op *huma.Operation, _ huma.Registry) {
	op.Errors = append(op.Errors, http.StatusNotFound, http.StatusConflict)
}
