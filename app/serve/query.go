package serve

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// parameters are what the address of an operation may say, as far as huma
// does not look: what cannot be read, or is said twice, it leaves out.
type parameters map[string]*huma.Schema

func parametersOf(op *huma.Operation) parameters {
	out := parameters{}
	for _, p := range op.Parameters {
		if p.In == "query" {
			out[p.Name] = p.Schema
		}
	}
	return out
}

// check refuses an address of which a part would not count, as a filter that
// is left out answers with everything.
func (ps parameters) check(raw string) error {
	if raw == "" {
		return nil
	}
	said, err := url.ParseQuery(raw)
	if err != nil {
		return huma.Error400BadRequest("The address cannot be read: " + err.Error() + `. Write % as %25, ; as %3B and other signs in the same way.`)
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		schema := ps[name]
		if schema == nil { // huma refuses it
			continue
		}
		all := said[name]
		if len(all) > 1 && schema.Type != huma.TypeArray {
			return invalid("query."+name, all[:2], fmt.Sprintf("%s is there %d times and may be there once", name, len(all)))
		}
		if v, err := strconv.ParseFloat(all[0], 64); err == nil && math.IsNaN(v) && schema.Type == huma.TypeNumber {
			return invalid("query."+name, all[0], name+" must be a finite number")
		}
	}
	return nil
}
