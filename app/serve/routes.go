package serve

import (
	"net/http"
	"slices"
	"strings"

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
	{"push-remote-write", "POST", "/api/v1/write", auth.Import, writes, "Metrics", "Prometheus remote write, 1.0 and 2.0"},
	{"push-openmetrics", "POST", "/api/v1/openmetrics", auth.Import, writes, "Metrics", "Store what a text of OpenMetrics or Prometheus tells"},
	{"push-influx", "POST", "/api/v1/influx", auth.Import, writes, "Metrics", "Store lines of Influx' protocol"},
	{"predict", "POST", "/api/v1/predict", auth.Forecast, heavy, "Forecasts", "Forecast series"},
	{"train", "POST", "/api/v1/train", auth.Forecast, heavy, "Forecasts", "Train models"},
	{"get-predictions", "GET", "/api/v1/predictions", auth.Read, reads, "Forecasts", "Stored predictions"},
	{"get-capacity", "GET", "/api/v1/capacity", auth.Read, heavy, "Forecasts", "When series reach a threshold, the soonest first"},
	{"get-anomalies", "GET", "/api/v1/anomalies", auth.Read, heavy, "Anomalies and alerts", "Unusual times of series"},
	{"get-incidents", "GET", "/api/v1/incidents", auth.Read, heavy, "Anomalies and alerts", "Anomalies that belong together"},
	{"get-alerts", "GET", "/api/v1/alerts", auth.Read, reads, "Anomalies and alerts", "What fires, and what did"},
	{"get-silences", "GET", "/api/v1/silences", auth.Read, reads, "Anomalies and alerts", "Silences"},
	{"post-silence", "POST", "/api/v1/silences", auth.Silence, writes, "Anomalies and alerts", "Add a silence"},
	{"get-silence", "GET", "/api/v1/silences/{id}", auth.Read, reads, "Anomalies and alerts", "One silence"},
	{"put-silence", "PUT", "/api/v1/silences/{id}", auth.Silence, writes, "Anomalies and alerts", "Replace a silence"},
	{"delete-silence", "DELETE", "/api/v1/silences/{id}", auth.Silence, writes, "Anomalies and alerts", "Delete a silence"},
	{"get-annotations", "GET", "/api/v1/annotations", auth.Read, reads, "Annotations", "Annotations"},
	{"post-annotation", "POST", "/api/v1/annotations", auth.Annotate, writes, "Annotations", "Add an annotation"},
	{"get-annotation", "GET", "/api/v1/annotations/{id}", auth.Read, reads, "Annotations", "One annotation"},
	{"put-annotation", "PUT", "/api/v1/annotations/{id}", auth.Annotate, writes, "Annotations", "Replace an annotation"},
	{"delete-annotation", "DELETE", "/api/v1/annotations/{id}", auth.Annotate, writes, "Annotations", "Delete an annotation"},
	{"get-figure", "GET", "/api/v1/figures/{file}", auth.Read, heavy, "Figures", "A figure as on the screen"},
	{"get-events", "GET", "/api/v1/events", auth.Read, stream, "Events", "What happens, as server-sent events"},
	{"get-jobs", "GET", "/api/v1/jobs", auth.Read, reads, "Jobs", "Jobs, the newest first"},
	{"get-job", "GET", "/api/v1/jobs/{id}", auth.Read, reads, "Jobs", "How a job stands"},
	{"cancel-job", "DELETE", "/api/v1/jobs/{id}", auth.Forecast, writes, "Jobs", "Cancel a job"},
	{"get-job-events", "GET", "/api/v1/jobs/{id}/events", auth.Read, stream, "Jobs", "A job's progress, as server-sent events"},
	{"post-database-credentials", "POST", "/api/v1/database-credentials", auth.Read, writes, "Service", "A short-lived login to the database"},
	{"end-database-credentials", "DELETE", "/api/v1/database-credentials/{subject}", auth.Sessions, writes, "Service", "End a person's logins to the database"},
	{"get-database-credentials", "GET", "/api/v1/database-credentials", auth.Sessions, reads, "Service", "Logins to the database that hold"},
	{"get-alert-rules", "GET", "/api/v1/alert-rules", auth.Read, reads, "Anomalies and alerts", "The alert rules"},
	{"put-alert-rules", "PUT", "/api/v1/alert-rules", auth.Rules, writes, "Anomalies and alerts", "Replace the alert rules"},
	{"get-retention", "GET", "/api/v1/retention", auth.Read, reads, "Service", "What would be dropped to keep points for a time"},
	{"post-retention", "POST", "/api/v1/retention", auth.Retention, writes, "Service", "Drop what is older"},
	{"exposition", "GET", "/metrics", auth.Read, free, "Service", "Figures of the service for Prometheus"},
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
	if strings.Contains(r.path, "{") {
		out = append(out, http.StatusNotFound)
	}
	return out
}
