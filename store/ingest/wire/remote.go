package wire

import (
	"fmt"
	"math"
	"mime"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"aiops/metric"
)

// Message is a version of remote write.
type Message int

// The versions of remote write.
const (
	Remote1 Message = iota + 1 // prometheus.WriteRequest
	Remote2                    // io.prometheus.write.v2.Request
)

// MessageOf tells the version by the request's Content-Type.
func MessageOf(contentType string) (Message, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "application/x-protobuf" {
		return 0, fmt.Errorf("%w: Content-Type %q; remote write sends application/x-protobuf", ErrUnsupported, contentType)
	}
	switch proto := params["proto"]; proto {
	case "", "prometheus.WriteRequest":
		return Remote1, nil
	case "io.prometheus.write.v2.Request":
		return Remote2, nil
	default:
		return 0, fmt.Errorf("%w: message %q; prometheus.WriteRequest and io.prometheus.write.v2.Request are taken", ErrUnsupported, proto)
	}
}

// RemoteWrite reads an unpacked request of Prometheus. Native histograms are
// refused row by row; classic ones are series like others.
func RemoteWrite(m Message, body []byte, o Options) (Batch, error) {
	o = o.complete("instance")
	w := writeRequest{o: o, g: newGather(o), timeseries: 1, samples: 2, histograms: 4, exemplars: 3}
	if m == Remote2 {
		w.timeseries, w.histograms, w.exemplars = 5, 3, 4
		if err := w.readSymbols(body); err != nil {
			return Batch{}, err
		}
	}
	err := fields(body, func(f field) error {
		if f.number != w.timeseries || f.kind != protowire.BytesType {
			return nil
		}
		return w.series(m, f.bytes)
	})
	if err != nil {
		return Batch{}, err
	}
	return w.g.batch(), nil
}

// writeRequest is a request that is being read. The numbers of the fields
// differ between the versions.
type writeRequest struct {
	o                                          Options
	g                                          *gather
	timeseries, samples, histograms, exemplars protowire.Number
	symbols                                    [][]byte
	labels                                     []label
}

// series reads a TimeSeries: its labels first, wherever they stand.
func (w *writeRequest) series(m Message, b []byte) error {
	key, reason, err := w.name(m, b)
	if err != nil {
		return err
	}
	place := -1
	return fields(b, func(f field) error {
		switch {
		case f.kind != protowire.BytesType:
		case f.number == w.exemplars:
			w.g.out.Exemplars++
		case f.number == w.histograms:
			w.g.out.Histograms++
			if err := w.g.count(); err != nil {
				return err
			}
			w.g.reject(0, seriesName(key), "native histograms are not kept: send classic ones (buckets, sum and count)")
		case f.number == w.samples && reason != "":
			if err := w.g.count(); err != nil {
				return err
			}
			w.g.reject(0, seriesName(key), reason)
		case f.number == w.samples:
			if place < 0 {
				if place, err = w.g.series(key); err != nil {
					return err
				}
			}
			return w.sample(place, f.bytes)
		}
		return nil
	})
}

func seriesName(k metric.Key) string {
	if k.VM == "" {
		return k.Metric
	}
	return k.String()
}

// sample reads a Sample: value and time in milliseconds.
func (w *writeRequest) sample(place int, b []byte) error {
	var value float64
	var at int64
	err := fields(b, func(f field) error {
		switch {
		case f.number == 1 && f.kind == protowire.Fixed64Type:
			value = math.Float64frombits(f.number64)
		case f.number == 2 && f.kind == protowire.VarintType:
			at = int64(f.number64)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.g.add(place, 0, microsOf(at), value)
}

// microsOf turns milliseconds into microseconds; what does not fit becomes a time that is refused.
func microsOf(ms int64) int64 {
	if ms > lastMicros/1000 || ms < -lastMicros/1000 {
		return math.MaxInt64
	}
	return ms * 1000
}

// name finds the key of a TimeSeries, or why it has none.
func (w *writeRequest) name(m Message, b []byte) (metric.Key, string, error) {
	w.labels = w.labels[:0]
	var reason string
	var err error
	if m == Remote2 {
		reason, err = w.labelsByNumber(b)
	} else {
		err = w.labelsInPlace(b)
	}
	if err != nil || reason != "" {
		return metric.Key{}, reason, err
	}
	var name []byte
	if i := slices.IndexFunc(w.labels, func(l label) bool { return string(l.name) == "__name__" }); i >= 0 {
		name = w.labels[i].value
		w.labels = slices.Delete(w.labels, i, i+1)
	}
	key, reason := w.o.key(name, w.labels)
	return key, reason, nil
}

// labelsInPlace reads the labels of version 1.0: field 1, a name and a value each.
func (w *writeRequest) labelsInPlace(b []byte) error {
	return fields(b, func(f field) error {
		if f.number != 1 || f.kind != protowire.BytesType {
			return nil
		}
		var l label
		err := fields(f.bytes, func(f field) error {
			switch {
			case f.number == 1 && f.kind == protowire.BytesType:
				l.name = f.bytes
			case f.number == 2 && f.kind == protowire.BytesType:
				l.value = f.bytes
			}
			return nil
		})
		w.labels = append(w.labels, l)
		return err
	})
}
