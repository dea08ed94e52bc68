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
			_, err = ParseSection(text, channels)
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

// ParseSection reads a list of rules that is kept apart from its channels: these
// are what rules may name.
func ParseSection(text string, channels []notify.Config) ([]Rule, error) {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("rules: is not YAML: %w", err)
	}
	if more := dec.Decode(new(yaml.Node)); more == nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) != 2 || doc.Content[0].Content[0].Value != "rules" {
		return nil, errors.New("rules: begin with `rules:` and nothing else beside it; channels and grouping are changed in the file itself")
	}
	r := &reader{file: "rules"}
	list := doc.Content[0].Content[1]
	if list.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("rules:%d: must be a list, each rule beginning with `- name:`, not %s", list.Line, kindText(list))
	}
	all := r.rules(list, channels)
	return all, errors.Join(r.errs...)
}

// PutInSection is a list of rules with one in the place of the one called name
// or, when name is empty, at the end. The rest stays as it is, to the letter.
func PutInSection(text, name string, r Rule) (string, error) {
	return editSection(text, func(t *rulesText) error { return t.put(name, r) })
}

// RemoveFromSection is a list of rules without the one called name.
func RemoveFromSection(text, name string) (string, error) {
	return editSection(text, func(t *rulesText) error { return t.remove(name) })
}

func editSection(text string, change func(*rulesText) error) (string, error) {
	t, err := findRules("rules", []byte(text))
	if err == nil {
		err = change(t)
	}
	if err != nil {
		return "", err
	}
	return strings.Join(t.lines, "\n"), nil
}
