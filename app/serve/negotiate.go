package serve

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// form is how rows are written.
type form string

const (
	asJSON   form = "application/json"
	asCSV    form = "text/csv"
	asNDJSON form = "application/x-ndjson"
)

var forms = []form{asJSON, asCSV, asNDJSON}

// contentType is the form as a header tells it.
func (f form) contentType() string {
	if f == asCSV {
		return "text/csv; charset=utf-8"
	}
	return string(f)
}

// negotiate chooses the form that a client likes best; JSON where it does not care.
func negotiate(accept string) (form, error) {
	if strings.TrimSpace(accept) == "" {
		return asJSON, nil
	}
	best, most, exact := form(""), 0.0, 0
	for part := range strings.SplitSeq(accept, ",") {
		name, q := weighed(part)
		for _, f := range forms {
			if e := fits(name, string(f)); e > 0 && q > 0 && (q > most || q == most && e > exact) {
				best, most, exact = f, q, e
			}
		}
	}
	if best == "" {
		return "", huma.Error406NotAcceptable("Accept names nothing that there is. Ask for application/json, text/csv or application/x-ndjson.")
	}
	return best, nil
}

// fits tells how exactly a media range names a type: 0 not at all.
func fits(name, kind string) int {
	group, _, _ := strings.Cut(kind, "/")
	switch name {
	case kind:
		return 3
	case group + "/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

// rowContent documents the three forms of an answer made of rows.
func rowContent(row *huma.Schema) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{
		string(asJSON):   {Schema: &huma.Schema{Type: huma.TypeArray, Items: row}},
		string(asCSV):    {Schema: &huma.Schema{Type: huma.TypeString, Description: "A line of column names, then a line a row."}},
		string(asNDJSON): {Schema: &huma.Schema{Type: huma.TypeString, Description: "One JSON object a line, as in the array."}},
	}
}
