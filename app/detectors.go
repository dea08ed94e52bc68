package app

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Detectors are the detectors of many series and VMs. With a directory they
// take up there what they had learnt when they were saved, with the same results
// as if they had never stopped.
type Detectors struct {
	Known Knowledge
	Dir   string      // where they are kept, a file each; "": nowhere
	Warn  func(error) // told of a file that is damaged: the detector learns anew; nil: the log

	mu   sync.Mutex
	live map[metric.Key]*feed
}

// Next scores the next point of a series. Different series may be scored at
// the same time, the points of one only after each other.
func (d *Detectors) Next(k metric.Key, t int64, x float64) (anomaly.Point, error) {
	f, err := d.of(k)
	if err != nil {
		return anomaly.Point{}, err
	}
	f.fresh = true
	return f.next(t, x), nil
}

// of is the series' detector, made or taken up when it is first asked for.
func (d *Detectors) of(k metric.Key) (*feed, error) {
	d.mu.Lock()
	f := d.live[k]
	d.mu.Unlock()
	if f != nil {
		return f, nil
	}
	f, err := d.feed(k)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.live == nil {
		d.live = map[metric.Key]*feed{}
	}
	if other := d.live[k]; other != nil {
		return other, nil
	}
	d.live[k] = f
	return f, nil
}

// Know takes what persons said in place of what they had said before.
func (d *Detectors) Know(n Knowledge) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Known = n
	for _, f := range d.live {
		f.known = n
		f.d.SetOptions(n.options(f.key))
	}
}

// Newest is the newest time that a series' detector has seen; false if it has seen nothing.
func (d *Detectors) Newest(k metric.Key) (int64, bool, error) {
	f, err := d.of(k)
	if err != nil {
		return 0, false, err
	}
	t, any := f.d.Newest()
	return t, any, nil
}

// Save keeps all detectors that were used with Next since they were saved.
func (d *Detectors) Save() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var failed []error
	for _, f := range d.live {
		if !f.fresh {
			continue
		}
		err := d.keep(f)
		f.fresh = err != nil
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// Drop takes a series' detector out of memory. Where there is a directory, what
// it has learnt is kept there.
func (d *Detectors) Drop(k metric.Key) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.live[k]
	if f == nil {
		return nil
	}
	if f.fresh {
		if err := d.keep(f); err != nil {
			return err
		}
	}
	delete(d.live, k)
	return nil
}

// Live is how many detectors are in memory.
func (d *Detectors) Live() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.live)
}

// feed makes the detector of a series, or takes up the one that is kept.
func (d *Detectors) feed(k metric.Key) (*feed, error) {
	f := newFeed(k, d.Known)
	var kept anomaly.Detector
	found, err := d.load(detectorFile(k), &kept)
	if err != nil || !found {
		return f, err
	}
	f.d = &kept
	f.d.SetOptions(d.Known.options(k)) // they may have changed
	return f, nil
}

func (d *Detectors) server(vm string) (*anomaly.Server, error) {
	var kept anomaly.Server
	found, err := d.load(serverFile(vm), &kept)
	if err != nil || !found {
		return &anomaly.Server{}, err
	}
	return &kept, nil
}

func (d *Detectors) keep(f *feed) error { return d.save(detectorFile(f.key), f.d) }

func (d *Detectors) keepServer(vm string, s *anomaly.Server) error { return d.save(serverFile(vm), s) }

// load reads what is kept under a name. What is damaged is as good as not there, and told.
func (d *Detectors) load(name string, into encoding.BinaryUnmarshaler) (found bool, err error) {
	if d.Dir == "" {
		return false, nil
	}
	path := filepath.Join(d.Dir, name)
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("take up what the detector has learnt: %w", err)
	}
	if b, err = unsealed(b); err == nil {
		err = into.UnmarshalBinary(b)
	}
	if err != nil {
		d.warn(fmt.Errorf("%s: %w; it learns anew", path, err))
		return false, nil
	}
	return true, nil
}

func (d *Detectors) warn(err error) {
	if d.Warn == nil {
		slog.Warn(err.Error())
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Warn(err)
}

// save writes to the disk and then puts the file in its place.
func (d *Detectors) save(name string, from encoding.BinaryMarshaler) error {
	if d.Dir == "" {
		return nil
	}
	b, err := from.MarshalBinary()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Dir, 0o777); err != nil {
		return fmt.Errorf("keep what the detectors have learnt: %w", err)
	}
	return replaceFile(filepath.Join(d.Dir, name), sealed(b))
}

// replaceFile writes a file beside the one that it replaces.
func replaceFile(path string, b []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = part.Write(b)
	if err = errors.Join(err, part.Sync(), part.Close()); err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		_ = os.Remove(part.Name()) // what was not finished is of no use
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// sealed puts a checksum in front, so that a damaged file is told from a whole one.
func sealed(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)), b...)
}

func unsealed(b []byte) ([]byte, error) {
	if len(b) < 4 || binary.BigEndian.Uint32(b) != crc32.ChecksumIEEE(b[4:]) {
		return nil, fmt.Errorf("%w: its checksum is not that of its content", anomaly.ErrState)
	}
	return b[4:], nil
}

func detectorFile(k metric.Key) string { return "metric-" + hashed(k.VM+"\x00"+k.Metric) + ".state" }

func serverFile(vm string) string { return "vm-" + hashed(vm) + ".state" }

func hashed(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%x", sum[:12])
}
