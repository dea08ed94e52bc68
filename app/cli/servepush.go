package cli

import pushed "aiops/store/ingest/wire"

// servePush says how the names of what monitoring systems push are made.
type servePush struct {
	VMLabel   string   `name:"vm-label" env:"AIOPS_VM_LABEL" placeholder:"NAME" help:"The label of pushed metrics that names the VM (default: instance, in Influx lines host). A request may name another one: ?vm_label=NAME."`
	StripPort bool     `name:"strip-port" env:"AIOPS_STRIP_PORT" help:"Leave the port out of VMs' names: web-01:9100 is web-01."`
	Drop      []string `name:"drop-label" env:"AIOPS_DROP_LABEL" placeholder:"NAME" help:"Leave this label out of the names of pushed metrics; may be repeated."`
}

func (c servePush) options() pushed.Options {
	return pushed.Options{VM: c.VMLabel, StripPort: c.StripPort, Drop: c.Drop}
}
