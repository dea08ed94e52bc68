package serve

// descriptions are what the documentation tells of an operation beside its summary.
var descriptions = map[string]string{
	"post-database-credentials": `The login may do what the role of who asks may do, and sees the VMs of their teams where the service is set so.`,
	"get-metrics":               `Without a range: the last 24 hours. Answers up to 2 MiB have an ETag; longer ones are streamed, and an answer that breaks off ends without its last chunk.`,
	"push-remote-write":         "As remote_write in prometheus.yml: `url: http://127.0.0.1:8000/api/v1/write`. Values that are right are stored also where others are refused (400, which Prometheus does not send again).",
	"push-openmetrics":          `Rows that are right are stored, the others are told with line and reason. Times without a value are now.`,
	"push-influx":               `Rows that are right are stored, the others are told with line and reason. Telegraf sends this with outputs.http and data_format influx.`,
	"post-metrics-batch":        `The same batch sent again changes nothing (idempotent): its rows count as duplicates.`,
}
