package export

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aiops/app/view"
	"aiops/charts"
	"aiops/metric"
)

// pngScale is the pixels of a PNG per device-independent pixel.
const pngScale = 2

// WriteFigure writes a figure to a file; the name's extension (png, svg or
// pdf) says as what. The file is replaced when the new one is complete.
func WriteFigure(path string, f charts.Figure, size charts.Size) (err error) {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if !isPicture(format) {
		return fmt.Errorf("cannot write a chart as %q; name the file .png, .svg or .pdf", filepath.Base(path))
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return targetError(filepath.Dir(path), err)
	}
	defer os.Remove(tmp.Name()) // does nothing after the rename
	defer tmp.Close()
	if err := render(tmp, f, size, format); err != nil {
		return fmt.Errorf("draw %s: %w", filepath.Base(path), err)
	}
	if err := tmp.Chmod(0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("put %s in place: %w", path, err)
	}
	return nil
}

func isPicture(format string) bool {
	return format == "png" || format == "svg" || format == "pdf"
}

func render(w io.Writer, f charts.Figure, size charts.Size, format string) error {
	switch format {
	case "png":
		return f.WritePNG(w, size, pngScale)
	case "pdf":
		return f.WritePDF(w, size)
	}
	return f.WriteSVG(w, size)
}

// scene is one VM as the window would show it, with every series selected.
func (j *job) scene(all []*series, r metric.Range) view.Scene {
	data := make([]metric.Envelope, len(all))
	for i, s := range all {
		data[i] = s.Data
	}
	return view.Scene{Clock: j.opt.clock(), Range: r, Series: view.Draw(data), Annotations: j.notes, Thresholds: j.opt.Thresholds}
}

// Sizes of figures in device-independent pixels: the report's column, and
// pictures of one VM by their number of panels.
const (
	figureWidth = 1160
	chartHeight = 236
	flagsHeight = 34
	panelHeight = 180
	frameHeight = 56
	maxPanels   = 6
)

// pictures writes the VM's figures as files of their own, at most six panels each.
func (j *job) pictures(v vmSelection, sc view.Scene) error {
	for _, vf := range sc.VMFigures(charts.Light) {
		f := vf.Figure
		for panels := range slices.Chunk(f.Panels, maxPanels) {
			f.Panels = panels
			stem := j.charts.unique(v.Name)
			for _, format := range j.wanted {
				if !isPicture(format) {
					continue
				}
				if err := j.picture("charts/"+stem+"."+format, f, format); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (j *job) picture(rel string, f charts.Figure, format string) error {
	height := float64(frameHeight + panelHeight*len(f.Panels))
	if len(f.Panels) == 1 {
		height += panelHeight
	}
	return j.sizedPicture(rel, f, height, format)
}

func (j *job) sizedPicture(rel string, f charts.Figure, height float64, format string) error {
	file, err := j.stage.create(rel)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := render(file, f, charts.Size{W: figureWidth, H: height}, format); err != nil {
		return fmt.Errorf("draw %s: %w", rel, err)
	}
	return file.Close()
}
