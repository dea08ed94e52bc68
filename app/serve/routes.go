package serve

import (
	"net/http"
	"slices"

	"aiops/app/auth"
)

// class is what a route counts as for the limits.
type class string

const (
	free   class = "free" // not limited
	reads  class = "read"
	writes class = "write"
	heavy  class = "heavy"
	stream class = "stream"
)

// route is one operation: where it is, and who may ask for it.
type route struct {
	id, method, path string
	action           auth.Action
	class            class
	tag, summary     string
}

// routes is the one table of what there is and what it needs. Every operation
// of the OpenAPI document is a row of it, and every row is one.
var routes = []route{
	{"latest-metrics", "GET", "/api/v1/latest_metrics", auth.Read, reads, "Metrics", "Points of the last 24 hours"},
	{"get-metrics", "GET", "/api/v1/metrics", auth.Read, reads, "Metrics", "Points of a range"},
	{"post-metric", "POST", "/api/v1/metrics", auth.Import, writes, "Metrics", "Store one point"},
	{"post-metrics-batch", "POST", "/api/v1/metrics/batch", auth.Import, writes, "Metrics", "Store many points"},
	{"get-vms", "GET", "/api/v1/vms", auth.Read, reads, "Metrics", "VMs with their metrics"},
}

func routeOf(id string) route {
	i := slices.IndexFunc(routes, func(r route) bool { return r.id == id })
	if i < 0 {
		panic("serve: no route " + id) // a defect that every start would meet
	}
	return routes[i]
}

// statuses are the errors that a route may answer with.
func (r route) statuses() []int {
	out := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	if r.method == http.MethodPost || r.method == http.MethodPut {
		out = append(out, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return out
}
