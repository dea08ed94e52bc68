//go:build bench && linux

package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// screen is a display whose pixels are read from the memory that it shares, so
// that looking at it does not keep the program's cores busy.
type screen struct {
	b     *testing.B
	env   []string
	pix   []byte // 4 bytes a pixel
	pitch int
	hand  io.Writer // takes xdotool's commands, one a line
}

// newScreen starts an X server; what it starts is ended, by pid, with the benchmark.
func newScreen(b *testing.B, env []string, size string) *screen {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	dir := b.TempDir()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp", "-fbdir", dir)
	x.ExtraFiles = []*os.File{w}
	s := &screen{b: b}
	s.start(x)
	w.Close()
	var display int
	if _, err := fmt.Fscan(r, &display); err != nil {
		b.Fatalf("Xvfb names no display: %v", err)
	}
	s.env = append(env, fmt.Sprintf("DISPLAY=:%d", display))
	s.share(filepath.Join(dir, "Xvfb_screen0"))
	hand := exec.Command("xdotool", "-")
	hand.Env = s.env
	if s.hand, err = hand.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	s.start(hand)
	return s
}

// start starts a process that lives as long as the benchmark.
func (s *screen) start(cmd *exec.Cmd) *exec.Cmd {
	s.b.Helper()
	if err := cmd.Start(); err != nil {
		s.b.Fatal(err)
	}
	s.b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// share maps the file that the X server draws into: a header in the format of
// xwd, a table of colours and the pixels.
func (s *screen) share(file string) {
	f, err := os.Open(file)
	if err != nil {
		s.b.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		s.b.Fatal(err)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		s.b.Fatal(err)
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(data[4*i:])) }
	s.pix, s.pitch = data[field(0)+12*field(19):], field(12)
}

// do gives xdotool a command.
func (s *screen) do(command string) {
	s.b.Helper()
	if _, err := io.WriteString(s.hand, command+"\n"); err != nil {
		s.b.Fatal(err)
	}
}

// look copies every eighth row of a part of the screen.
func (s *screen) look(r image.Rectangle, into []byte) []byte {
	into = into[:0]
	for y := r.Min.Y; y < r.Max.Y; y += 8 {
		into = append(into, s.pix[y*s.pitch+4*r.Min.X:y*s.pitch+4*r.Max.X]...)
	}
	return into
}

// change is how long a part of the screen takes to look different than before.
func (s *screen) change(r image.Rectangle, before []byte) time.Duration {
	began := time.Now()
	for now := []byte(nil); ; time.Sleep(200 * time.Microsecond) {
		if now = s.look(r, now); !bytes.Equal(now, before) {
			return time.Since(began)
		}
		if time.Since(began) > 5*time.Second {
			s.b.Fatal("the screen does not change")
		}
	}
}

// settled waits until a part of the screen stays as it is.
func (s *screen) settled(r image.Rectangle) []byte {
	for {
		before := s.look(r, nil)
		time.Sleep(400 * time.Millisecond)
		if now := s.look(r, nil); bytes.Equal(now, before) {
			return now
		}
	}
}
