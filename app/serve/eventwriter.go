package serve

import (
	"encoding/json"
	"net/http"
	"time"
)

// eventWriter writes events as a stream of text.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buf     []byte
}

// add writes one event: its data is JSON without a line break.
func (e *eventWriter) add(id string, ev event) {
	e.buf = append(append(e.buf, "id: "...), id...)
	e.buf = append(append(e.buf, "\nevent: "...), ev.kind...)
	e.buf = append(append(e.buf, "\ndata: "...), ev.data...)
	e.buf = append(e.buf, "\n\n"...)
}

func (e *eventWriter) addJSON(kind string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		return // our own types can be written
	}
	e.buf = append(append(append(e.buf, "event: "...), kind...), "\ndata: "...)
	e.buf = append(append(e.buf, data...), "\n\n"...)
}

// flush sends what has gathered, in good time or not at all.
func (e *eventWriter) flush() error {
	_ = e.control.SetWriteDeadline(time.Now().Add(writeWait)) // a writer that has none waits as long as it likes
	_, err := e.w.Write(e.buf)
	if err == nil {
		err = e.control.Flush()
	}
	e.buf = e.buf[:0]
	if cap(e.buf) > 64<<10 {
		e.buf = nil
	}
	return err
}
