package view

import (
	"aiops/metric"
)

// Status is the footer's count: 5,697 points shown, step 1 min.
func (s Scene) Status() string {
	var points, step int64
	for _, d := range s.Series {
		if d.Data == nil {
			continue
		}
		points += slice(d.Data.Envelope, s.Range).Points()
		step = max(step, d.Data.Step)
	}
	text := counted(points, "point") + " shown"
	switch common, least, most := s.steps(); {
	case points == 0:
	case common:
		text += ", step " + Duration(most)
	case most > 0:
		text += ", steps " + Duration(least) + " – " + Duration(most)
	}
	if step > 0 {
		text += ", drawn by " + Duration(step)
	}
	return text
}

// steps are the typical distances of the stored points.
func (s Scene) steps() (common bool, least, most int64) {
	for _, d := range s.Series {
		if step := d.Step; step > 0 {
			most = max(most, step)
			if least == 0 || step < least {
				least = step
			}
		}
	}
	return most > 0 && least == most, least, most
}

func counted(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return metric.Grouped(n) + " " + noun
}

// Empty is what stands in the chart's place when there is nothing to draw;
// false while there is, or while it is still being read.
func (f *Fact) Empty() (Room, bool) {
	if len(f.state.Selection) == 0 {
		return Room{Text: "Choose VMs and metrics on the left", Button: "Find a VM or metric", Do: OpenPalette}, true
	}
	s := f.Scene()
	for _, d := range s.Series {
		if d.Loading || d.Data != nil && slice(d.Data.Envelope, s.Range).Len() > 0 {
			return Room{}, false
		}
	}
	if f.away != "" {
		return Room{Text: "The local copy does not hold these points. They come when " + f.away + " can be reached again."}, true
	}
	if f.extent().Empty() {
		return Room{Text: "The selected series have no points", Button: "Find a VM or metric", Do: OpenPalette}, true
	}
	return Room{Text: "No points in this range.", Button: "Show all", Do: ShowAllTimes}, true
}

// Status is the footer's count of what is shown.
func (f *Fact) Status() string { return f.Scene().Status() }

// CompareText tells what is compared with, empty without a comparison.
func (f *Fact) CompareText() string {
	return f.state.Compare.Describe(f.Visible(), f.base.Len(), f.clock)
}
