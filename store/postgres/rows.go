package postgres

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgtype"

	"aiops/metric"
)

// rows are points of several series in columns: arrays of the binary protocol.
// They are made here as making them of single values costs the service more
// than all the rest of a batch.
type rows struct {
	n       int
	columns [5][]byte // id, vm, metric, time, value
}

// newRows makes columns without rows; kind is the type of the times.
func newRows(kind string) *rows {
	at := uint32(pgtype.TimestamptzOID)
	if kind == "timestamp without time zone" {
		at = pgtype.TimestampOID
	}
	r := &rows{}
	for i, element := range []uint32{pgtype.UUIDOID, pgtype.TextOID, pgtype.TextOID, at, pgtype.NumericOID} {
		b := binary.BigEndian.AppendUint32(nil, 1) // dimensions
		b = binary.BigEndian.AppendUint32(b, 0)    // nothing is NULL
		b = binary.BigEndian.AppendUint32(b, element)
		b = binary.BigEndian.AppendUint32(b, 0) // length
		r.columns[i] = binary.BigEndian.AppendUint32(b, 1)
	}
	return r
}

func (r *rows) add(id [16]byte, k metric.Key, t int64, v float64) {
	c := &r.columns
	c[0] = append(binary.BigEndian.AppendUint32(c[0], uint32(len(id))), id[:]...)
	c[1] = append(binary.BigEndian.AppendUint32(c[1], uint32(len(k.VM))), k.VM...)
	c[2] = append(binary.BigEndian.AppendUint32(c[2], uint32(len(k.Metric))), k.Metric...)
	c[3] = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(c[3], 8), uint64(t-epoch))
	c[4] = appendNumeric(c[4], v)
	r.n++
}

// arrays are the columns as parameters.
func (r *rows) arrays() [][]byte {
	for _, c := range r.columns {
		binary.BigEndian.PutUint32(c[12:], uint32(r.n))
	}
	return r.columns[:]
}
