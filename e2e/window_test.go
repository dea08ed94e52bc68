//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screen is a display of its own with a program on it.
type screen struct {
	t    *testing.T
	env  []string
	shot int
	name string
}

// newScreen starts an X server on a free display.
func newScreen(t *testing.T, env []string, size string) *screen {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() {
		_ = x.Process.Kill()
		_ = x.Wait()
	})
	var display int
	if _, err := fmt.Fscan(r, &display); err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	return &screen{t: t, env: append(env, fmt.Sprintf("DISPLAY=:%d", display)), name: strings.ToLower(t.Name())}
}

// do is xdotool: keys, text and the pointer.
func (s *screen) do(args ...string) {
	s.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = s.env
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// see takes a screenshot into build/e2e, for people to look at.
func (s *screen) see() image.Image {
	s.t.Helper()
	dir := filepath.Join("..", "build", "e2e")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.shot++
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.png", s.name, s.shot))
	cmd := exec.Command("import", "-window", "root", path)
	cmd.Env = s.env
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("screenshot: %v\n%s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// wait looks at the screen until ok is content with it.
func (s *screen) wait(what string, ok func(image.Image) bool) image.Image {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		img := s.see()
		if ok(img) {
			return img
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the screen never showed %s; see build/e2e/%s-%d.png", what, s.name, s.shot)
		}
		s.shot--
		time.Sleep(200 * time.Millisecond)
	}
}

// until waits for something that is not on the screen.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain for " + what)
		}
	}
}

// differ is the share of pixels in a region that are not the same.
func differ(a, b image.Image, region image.Rectangle) float64 {
	var n int
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(region.Dx()*region.Dy())
}

// colours counts the different colours in a region: an empty one has few.
func colours(img image.Image, region image.Rectangle) int {
	seen := map[[3]uint32]bool{}
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	return len(seen)
}

var (
	whole = image.Rect(0, 0, 1440, 900)
	plot  = image.Rect(330, 150, 1400, 400) // inside the chart of the Fact page
)

// The whole walk: start on an empty database, import, zoom, export, close; the
// next start comes back with data and selection.
func TestWindowWalk(t *testing.T) {
	dir, env := home(t)
	s := newScreen(t, env, "1440x900")
	program := start(t, s.env, windowed)
	empty := s.wait("the first start", func(img image.Image) bool { return colours(img, whole) > 60 })
	s.do("mousemove", "700", "450")

	csv := writeTrouble(t, dir, "servers.csv")
	s.do("key", "ctrl+o")
	s.wait("the import dialog", func(img image.Image) bool { return differ(empty, img, whole) > 0.05 })
	s.do("type", "--delay", "20", csv)
	time.Sleep(time.Second) // the preview
	s.see()
	s.do("key", "Return")
	until(t, "the rows in the database", func() bool {
		out, _ := aiops(t, env, "list")
		return strings.Contains(out, "10 series, 20,000 points")
	})
	all := s.wait("the imported curves", func(img image.Image) bool { return colours(img, plot) > 60 })

	s.do("mousemove", "800", "300", "click", "4", "click", "4", "click", "4")
	zoomed := s.wait("the zoomed curves", func(img image.Image) bool { return differ(all, img, plot) > 0.1 })
	s.do("key", "0")
	s.wait("all curves again", func(img image.Image) bool { return differ(zoomed, img, plot) > 0.1 })

	ahead := s.forecast()
	wrong := s.analysis(ahead)
	s.do("key", "ctrl+1")
	s.wait("Fact again", func(img image.Image) bool { return differ(wrong, img, whole) > 0.05 && colours(img, plot) > 60 })

	report := filepath.Join(dir, "seen")
	s.do("key", "ctrl+e")
	time.Sleep(time.Second)
	s.see()
	s.do("key", "ctrl+a")
	s.do("type", "--delay", "20", report)
	s.see()
	s.do("key", "Return")
	until(t, "the report", func() bool {
		_, err := os.Stat(filepath.Join(report, "index.html"))
		return err == nil
	})
	s.see()
	s.do("key", "Escape")
	s.do("key", "ctrl+q")
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}

	start(t, s.env, windowed)
	s.wait("the same curves at the next start", func(img image.Image) bool { return colours(img, plot) > 60 })
}

// forecast looks at the Forecast page: the prediction with its bands, another
// horizon, all series.
func (s *screen) forecast() image.Image {
	s.t.Helper()
	fact := s.see()
	s.do("key", "ctrl+2")
	day := s.wait("the forecast", func(img image.Image) bool { return differ(fact, img, whole) > 0.05 && colours(img, plot) > 60 })
	time.Sleep(time.Second) // the backtest
	closed := s.see()
	s.do("mousemove", "650", "73", "click", "1") // Horizon
	s.wait("the horizons", func(img image.Image) bool { return differ(closed, img, image.Rect(640, 100, 720, 300)) > 0.3 })
	s.do("mousemove", "650", "103", "click", "1") // 4 h
	s.wait("the shorter horizon", func(img image.Image) bool { return differ(day, img, plot) > 0.05 })
	s.do("mousemove", "1370", "495", "click", "1") // Forecast all
	s.wait("the list of all series", func(img image.Image) bool { return colours(img, image.Rect(890, 540, 1420, 760)) > 30 })
	s.do("mousemove", "700", "450")
	return s.see()
}

// writeTrouble writes 20,000 points of ten VMs; three of them have an incident.
func writeTrouble(t *testing.T, dir, name string) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("vm,timestamp,metric,value\n")
	for i := range 20_000 {
		vm, step := i%10, i/10
		value := float64(i%90) + 0.5
		if (vm == 3 || vm == 4) && step >= 1500+vm && step < 1530 || vm == 7 && step >= 900 && step < 910 {
			value += 300
		}
		fmt.Fprintf(&b, "web-%02d,%d,cpu,%.2f\n", vm, 1_700_000_000+int64(step)*60, value)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// analysis looks at the Analysis page: lanes as they come, the list, an
// incident's detail, the Explore room.
func (s *screen) analysis(before image.Image) image.Image {
	s.t.Helper()
	lanes, list, detail := image.Rect(350, 120, 1360, 260), image.Rect(320, 400, 500, 480), image.Rect(700, 420, 1400, 600)
	s.do("key", "ctrl+3")
	s.wait("the lanes", func(img image.Image) bool { return differ(before, img, whole) > 0.05 && colours(img, lanes) > 3 })
	found := s.wait("an incident", func(img image.Image) bool { return colours(img, list) > 12 && colours(img, detail) > 20 })
	s.do("mousemove", "850", "190")
	s.wait("the words of a cell", func(img image.Image) bool { return differ(found, img, lanes) > 0.01 })
	s.do("mousemove", "700", "395")
	s.do("key", "j")
	s.wait("the next incident", func(img image.Image) bool { return differ(found, img, image.Rect(280, 340, 640, 460)) > 0.01 })
	s.do("key", "e")
	s.wait("the other sides", func(img image.Image) bool {
		return differ(found, img, whole) > 0.1 && colours(img, image.Rect(300, 150, 640, 420)) > 8
	})
	s.do("key", "i")
	return s.wait("the incidents again", func(img image.Image) bool { return colours(img, detail) > 20 })
}

// A file that is named opens straight on its curves and is not kept.
func TestWindowNamedFile(t *testing.T) {
	dir, env := home(t)
	csv := writeCSV(t, dir, "servers.csv", 200_000)
	s := newScreen(t, env, "1440x900")
	program := start(t, s.env, windowed, csv)
	s.wait("the file's curves", func(img image.Image) bool { return colours(img, plot) > 60 })
	s.do("mousemove", "700", "450", "key", "ctrl+q")
	if err := program.Wait(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if out, _ := aiops(t, env, "list"); strings.Contains(out, "200,000") {
		t.Errorf("a file that was only looked at is kept:\n%s", out)
	}
}

// Without a display the program says so and what to do instead.
func TestWindowWithoutDisplay(t *testing.T) {
	_, env := home(t)
	for _, display := range []string{"", "DISPLAY=:987"} {
		cmd := exec.Command(windowed)
		cmd.Env = append(env, display)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--export DIR") || strings.Contains(string(out), "goroutine") {
			t.Errorf("%q: %v\n%s", display, err, out)
		}
	}
}
