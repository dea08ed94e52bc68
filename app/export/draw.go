package export

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"aiops/metric"
)

// draw makes everything that is drawn in one pass over the VMs: pictures, and
// the sections of the report, which wait in a scratch file until its head, which
// tells of all of them, can be written.
func (j *job) draw(ctx context.Context) error {
	notes, err := j.store.Annotations(ctx, j.Range)
	if err != nil {
		return fmt.Errorf("read annotations: %w", err)
	}
	j.notes = notes
	body, err := j.stage.scratch()
	if err != nil {
		return err
	}
	defer body.Close()
	w := bufio.NewWriterSize(body, 1<<16)
	p := page{job: j, ids: newFileNames()}
	j.points = 0
	for _, v := range j.VMs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := j.drawVM(ctx, &p, v, w); err != nil {
			return err
		}
		j.step(v.work(), "Drawing "+v.Name)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the report's sections: %w", err)
	}
	if !slices.Contains(j.wanted, "html") {
		return nil
	}
	return j.writePage(&p, body)
}

// drawVM reads one VM and writes its section and its pictures.
func (j *job) drawVM(ctx context.Context, p *page, v vmSelection, w io.Writer) error {
	all, err := j.gather(ctx, v)
	if err != nil || len(all) == 0 {
		return err
	}
	r := j.rangeOf(v)
	sc := j.scene(all, r)
	if err := j.pictures(v, sc); err != nil {
		return err
	}
	for _, s := range all {
		j.points += s.Sum.Count
	}
	if !slices.Contains(j.wanted, "html") {
		return nil
	}
	return p.section(ctx, v, all, sc, w)
}

// rangeOf is the range that a VM's charts show: that of the report, but the
// VM's own when all times were asked for and it covers less than half of them.
func (j *job) rangeOf(v vmSelection) metric.Range {
	if own := v.data(); j.Whole && 2*own.Len() < j.Range.Len() {
		if own.Len() < 2 {
			return metric.Range{From: own.From - 30e6, To: own.To + 30e6}
		}
		return own
	}
	return j.Range
}

// shows reports whether the report has the VM.
func (j *job) shows(vm string) bool {
	return slices.ContainsFunc(j.VMs, func(v vmSelection) bool { return v.Name == vm })
}

// writePage puts the report together.
func (j *job) writePage(p *page, body *os.File) error {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the report's sections: %w", err)
	}
	f, err := j.stage.create("index.html")
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := p.write(w, body); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	return f.Close()
}
