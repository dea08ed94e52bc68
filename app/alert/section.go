package alert

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"aiops/app/alert/notify"
)

// ErrChanged says that the rules are others than those that were looked at.
var ErrChanged = errors.New("the rules were changed meanwhile")

// Section is the part of a rules file that lists the rules, with its comments:
// without channels, which may name what is not everybody's. A file that is not there has none.
func Section(path string) (text string, f File, err error) {
	all, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "rules: []\n", File{Path: path}, nil
	}
	if err != nil {
		return "", f, fmt.Errorf("read the alert rules: %w", err)
	}
	t, err := readText(path, all)
	if err == nil {
		f, err = Parse(path, all)
	}
	if err != nil {
		return "", f, err
	}
	return t.section(), f, nil
}

func (t *rulesText) section() string {
	return strings.Join(t.lines[t.key:t.end], "\n") + "\n"
}

// PutSection puts another list of rules in the place of the one that reads was;
// the rest of the file stays as it is. Nothing is written when the list is not
// right; mistakes are told with the lines of text.
func PutSection(path, was, text string) error {
	return edit(path, func(t *rulesText) error {
		if t.section() != was {
			return ErrChanged
		}
		channels, err := t.channels()
		if err == nil {
			err = checkSection(text, channels)
		}
		if err != nil {
			return err
		}
		t.lines = slices.Replace(t.lines, t.key, t.end, strings.Split(strings.TrimRight(text, "\n"), "\n")...)
		return nil
	})
}

func (t *rulesText) channels() ([]notify.Config, error) {
	f, err := Parse(t.path, []byte(strings.Join(t.lines, "\n")))
	return f.Channels, err
}

// checkSection reports what is wrong with a list of rules that is sent.
func checkSection(text string, channels []notify.Config) error {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	if err := dec.Decode(&doc); err != nil {
		return fmt.Errorf("rules: is not YAML: %w", err)
	}
	if more := dec.Decode(new(yaml.Node)); more == nil || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) != 2 || doc.Content[0].Content[0].Value != "rules" {
		return errors.New("rules: begin with `rules:` and nothing else beside it; channels and grouping are changed in the file itself")
	}
	r := &reader{file: "rules"}
	r.rules(doc.Content[0].Content[1], channels)
	return errors.Join(r.errs...)
}
