package wire

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"unicode/utf8"

	"aiops/metric"
)

// label is a label or a tag, as it stands in the request.
type label struct{ name, value []byte }

// key names the series of some labels, which it sorts: the VM is one label's
// value, the metric is the name with the labels that are left,
// node_cpu_seconds_total{cpu="0",mode="idle"}. A label without a value is none.
func (o *Options) key(name []byte, labels []label) (metric.Key, string) {
	if len(labels) > o.Limits.Labels {
		return metric.Key{}, fmt.Sprintf("it has %d labels, more than %d", len(labels), o.Limits.Labels)
	}
	slices.SortFunc(labels, func(a, b label) int { return bytes.Compare(a.name, b.name) })
	vm, length := []byte(nil), len(name)
	for i, l := range labels {
		switch {
		case !utf8.Valid(l.name) || !utf8.Valid(l.value):
			return metric.Key{}, "a label is not UTF-8"
		case len(l.name) == 0:
			return metric.Key{}, "a label has no name"
		case i > 0 && bytes.Equal(l.name, labels[i-1].name):
			return metric.Key{}, fmt.Sprintf("the label %s is there twice", shorten(l.name))
		case string(l.name) == o.VM:
			vm = l.value
		default:
			length += len(l.name) + len(l.value)
		}
	}
	switch {
	case len(name) == 0:
		return metric.Key{}, "the metric has no name"
	case !utf8.Valid(name):
		return metric.Key{}, "the metric's name is not UTF-8"
	case length > metric.MaxName:
		return metric.Key{}, fmt.Sprintf("the metric's name with its labels is longer than %d bytes", metric.MaxName)
	}
	k := metric.Key{VM: o.vmName(vm), Metric: o.metricName(name, labels)}
	switch {
	case k.VM == "":
		return k, fmt.Sprintf("the label %s, which names the VM, is missing", o.VM)
	case max(len(k.VM), len(k.Metric)) > metric.MaxName:
		return k, fmt.Sprintf("a name is longer than %d bytes", metric.MaxName)
	case strings.ContainsRune(k.VM+k.Metric, 0):
		return k, "a name holds a zero byte"
	}
	return k, ""
}

func (o *Options) vmName(b []byte) string {
	vm := strings.TrimSpace(string(b))
	if o.StripPort {
		if host, _, err := net.SplitHostPort(vm); err == nil && host != "" {
			vm = host
		}
	}
	if vm == "" {
		return o.DefaultVM
	}
	return vm
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (o *Options) metricName(name []byte, labels []label) string {
	var b strings.Builder
	b.Write(name)
	open := false
	for _, l := range labels {
		if len(l.value) == 0 || string(l.name) == o.VM || slices.Contains(o.Drop, string(l.name)) {
			continue
		}
		if open {
			b.WriteByte(',')
		} else {
			b.WriteByte('{')
		}
		open = true
		b.Write(l.name)
		b.WriteString(`="`)
		_, _ = escape.WriteString(&b, string(l.value)) // a builder takes everything
		b.WriteByte('"')
	}
	if open {
		b.WriteByte('}')
	}
	return b.String()
}

// shorten makes a part of a request fit into a sentence.
func shorten(b []byte) string {
	const most = 60
	if len(b) > most {
		return strings.ToValidUTF8(string(b[:most]), "\ufffd") + "…"
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}
