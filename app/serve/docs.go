package serve

import (
	"bytes"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The parts of the OpenAPI document that the page shows.
type (
	docSchema struct {
		Ref         string                `json:"$ref"`
		Type        any                   `json:"type"`
		Description string                `json:"description"`
		Items       *docSchema            `json:"items"`
		Properties  map[string]*docSchema `json:"properties"`
		Required    []string              `json:"required"`
		Enum        []any                 `json:"enum"`
		Default     any                   `json:"default"`
		Format      string                `json:"format"`
		AnyOf       []*docSchema          `json:"anyOf"`
	}
	docParam struct {
		Name, In, Description string
		Required              bool
		Schema                *docSchema
		Example               any
	}
	docMedia struct{ Schema *docSchema }
	docOp    struct {
		OperationID, Summary, Description string
		Tags                              []string
		Parameters                        []docParam
		RequestBody                       *struct{ Content map[string]docMedia }
		Responses                         map[string]struct {
			Description string
			Content     map[string]docMedia
		}
	}
	docFile struct {
		Info  struct{ Title, Version, Description string }
		Paths map[string]map[string]docOp
		Comps struct{ Schemas map[string]*docSchema } `json:"components"`
	}
)

// docsGroup is the operations of one subject.
type docsGroup struct {
	Name string
	Ops  []docsOp
}

type docsOp struct {
	docOp
	Method, Path, Role string
	Body               string
	Codes              []docsCode
}

type docsCode struct{ Code, Text, Shape string }

type docsSchema struct {
	Name   string
	Fields []docsField
}

type docsField struct{ Name, Type, Text string }

// docsPage writes the page that shows the OpenAPI document, without a script.
func docsPage(spec []byte, base string) ([]byte, error) {
	var d docFile
	if err := json.Unmarshal(spec, &d); err != nil {
		return nil, err
	}
	var groups []docsGroup
	for _, rt := range routes {
		op, ok := d.Paths[rt.path][strings.ToLower(rt.method)]
		if !ok {
			continue
		}
		i := slices.IndexFunc(groups, func(g docsGroup) bool { return g.Name == rt.tag })
		if i < 0 {
			groups = append(groups, docsGroup{Name: rt.tag})
			i = len(groups) - 1
		}
		groups[i].Ops = append(groups[i].Ops, describe(op, rt))
	}
	var schemas []docsSchema
	for _, name := range slices.Sorted(maps.Keys(d.Comps.Schemas)) {
		schemas = append(schemas, schemaRows(name, d.Comps.Schemas[name]))
	}
	codes := []docsCode{}
	for _, status := range slices.Sorted(maps.Keys(problems)) {
		codes = append(codes, docsCode{Code: strconv.Itoa(status), Text: http.StatusText(status), Shape: "urn:aiops:problem:" + problems[status]})
	}
	t, err := template.New("docs.html").Funcs(template.FuncMap{"shape": shapeText}).ParseFS(pageFiles, "pages/docs.html")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{"Info": d.Info, "Groups": groups, "Schemas": schemas, "Problems": codes, "Base": base})
	return out.Bytes(), err
}

func describe(op docOp, rt route) docsOp {
	out := docsOp{docOp: op, Method: rt.method, Path: rt.path, Role: string(rt.action)}
	if op.RequestBody != nil {
		out.Body = shapeText(op.RequestBody.Content["application/json"].Schema)
	}
	for _, code := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[code]
		c := docsCode{Code: code, Text: r.Description}
		if m, ok := r.Content["application/json"]; ok {
			c.Shape = shapeText(m.Schema)
		}
		if kinds := slices.Sorted(maps.Keys(r.Content)); c.Shape == "" {
			c.Shape = strings.Join(kinds, ", ")
		}
		out.Codes = append(out.Codes, c)
	}
	return out
}

// shapeText names a schema: "list of PointRow".
func shapeText(s *docSchema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Items != nil:
		return "list of " + shapeText(s.Items)
	case len(s.Enum) > 0:
		var all []string
		for _, e := range s.Enum {
			text, _ := json.Marshal(e) // came from JSON
			all = append(all, strings.Trim(string(text), `"`))
		}
		return strings.Join(all, " | ")
	case len(s.AnyOf) > 0:
		return "time"
	case s.Format != "":
		return s.Format
	}
	switch t := s.Type.(type) {
	case string:
		return t
	case []any:
		if len(t) > 0 {
			name, _ := t[0].(string)
			return name + ", may be null"
		}
	}
	return "any"
}

func schemaRows(name string, s *docSchema) docsSchema {
	out := docsSchema{Name: name}
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[field]
		text := p.Description
		if slices.Contains(s.Required, field) {
			text = strings.TrimSpace("Always there. " + text)
		}
		out.Fields = append(out.Fields, docsField{field, shapeText(p), text})
	}
	return out
}
