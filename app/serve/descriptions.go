package serve

// descriptions are what the documentation tells of an operation beside its summary.
var descriptions = map[string]string{
	"post-database-credentials": `The login may do what the role of who asks may do, and sees the VMs of their teams where the service is set so.`,
	"get-metrics":               `Without a range: the last 24 hours. Answers up to 2 MiB have an ETag; longer ones are streamed, and an answer that breaks off ends without its last chunk.`,
	"post-metrics-batch":        `The same batch sent again changes nothing (idempotent): its rows count as duplicates.`,
}
