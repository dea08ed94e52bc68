package ingest

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"
)

// clock reads the timestamps of one column. It remembers the last day and the
// last zone offset, as neighbouring rows mostly share them, so every goroutine
// needs its own copy.
type clock struct {
	form   clockForm
	unit   int64  // of a Unix time: units per second
	layout string // Go's, when form is layoutTime
	zone   *time.Location
	name   string // for people

	day       uint64 // the first eight bytes of the day that dayMicros is for
	dayEnd    uint16
	dayMicros int64

	slot, slotShift int64 // zone offset of a quarter of an hour of local time
	slotKnown       bool
}

type clockForm uint8

const (
	isoTime clockForm = iota // 2006-01-02 15:04:05 and RFC 3339, with all that is optional there
	unixTime
	layoutTime
	serialTime // Excel's days since 1900 (or 1904, when that is the unit), or text in ISO form
	wallTime   // microseconds that a clock of the zone showed, as if it were UTC
)

const (
	second     = int64(1_000_000)
	dayLength  = 86400 * second
	zoneSlot   = 900 * second
	lastSecond = int64(253402300799) // 9999-12-31 23:59:59
)

// parse reads a timestamp into Unix microseconds.
func (c *clock) parse(b []byte) (int64, bool) {
	switch c.form {
	case isoTime:
		return c.parseISO(b)
	case unixTime:
		return c.parseUnix(b)
	case serialTime:
		return c.parseSerial(b)
	case wallTime:
		v, err := strconv.ParseInt(string(b), 10, 64)
		if err != nil || v > lastSecond*second || v < -lastSecond*second {
			return 0, false
		}
		return c.local(v)
	}
	t, err := time.ParseInLocation(c.layout, string(b), c.location())
	if err != nil {
		return 0, false
	}
	return t.UnixMicro(), true
}

func (c *clock) location() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone
}

// parseISO reads 2006-01-02, optionally followed by T or a space and 15:04,
// :05, a fraction, and a zone: Z, UTC, +01, +0100, +01:00.
func (c *clock) parseISO(b []byte) (int64, bool) {
	if len(b) < 10 {
		return 0, false
	}
	if binary.LittleEndian.Uint64(b) != c.day || binary.LittleEndian.Uint16(b[8:]) != c.dayEnd || c.day == 0 {
		if !c.readDay(b) {
			return 0, false
		}
	}
	if len(b) == 10 {
		return c.local(c.dayMicros)
	}
	if (b[10] != ' ' && b[10] != 'T' && b[10] != 't') || len(b) < 16 || b[13] != ':' {
		return 0, false
	}
	hour, minute := twoDigits(b[11], b[12]), twoDigits(b[14], b[15])
	if hour > 23 || minute > 59 {
		return 0, false
	}
	micros := c.dayMicros + int64(hour*3600+minute*60)*second
	b = b[16:]
	if len(b) >= 3 && b[0] == ':' {
		s := twoDigits(b[1], b[2])
		if s > 59 {
			return 0, false
		}
		micros += int64(s) * second
		b = b[3:]
		if len(b) >= 2 && (b[0] == '.' || b[0] == ',') && b[1]-'0' <= 9 {
			f, n := fractionMicros(b[1:])
			micros += f
			b = b[1+n:]
		}
	}
	if len(b) == 0 {
		return c.local(micros)
	}
	shift, ok := zoneShift(b)
	return micros - shift, ok
}

// readDay reads the date at the front of b and remembers it.
func (c *clock) readDay(b []byte) bool {
	if b[4] != '-' || b[7] != '-' {
		return false
	}
	century, year := twoDigits(b[0], b[1]), twoDigits(b[2], b[3])
	month, day := twoDigits(b[5], b[6]), twoDigits(b[8], b[9])
	if century > 99 || year > 99 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	t := time.Date(int(century*100+year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	if t.Day() != int(day) { // 31 February
		return false
	}
	c.day, c.dayEnd = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:])
	c.dayMicros = t.Unix() * second
	return true
}

// twoDigits is the number that two digits make, above 99 if they are none.
func twoDigits(hi, lo byte) uint {
	h, l := uint(hi-'0'), uint(lo-'0')
	if h > 9 || l > 9 {
		return 1000
	}
	return h*10 + l
}

// fractionMicros reads the digits at the front of b as a fraction of a second
// and returns how many there are; digits behind the sixth are cut off.
func fractionMicros(b []byte) (micros int64, n int) {
	scale := second
	for n < len(b) && b[n]-'0' <= 9 {
		scale /= 10
		micros += int64(b[n]-'0') * scale
		n++
	}
	return micros, n
}

// zoneShift reads a zone as microseconds east of UTC.
func zoneShift(b []byte) (int64, bool) {
	if b[0] == ' ' {
		b = b[1:]
	}
	switch string(b) {
	case "Z", "z", "UTC", "GMT", "utc":
		return 0, true
	}
	if len(b) == 6 && b[3] == ':' {
		b = []byte{b[0], b[1], b[2], b[4], b[5]}
	}
	if len(b) == 3 {
		b = []byte{b[0], b[1], b[2], '0', '0'}
	}
	if len(b) != 5 || (b[0] != '+' && b[0] != '-') {
		return 0, false
	}
	hour, minute := twoDigits(b[1], b[2]), twoDigits(b[3], b[4])
	if hour > 23 || minute > 59 {
		return 0, false
	}
	shift := int64(hour*3600+minute*60) * second
	if b[0] == '-' {
		shift = -shift
	}
	return shift, true
}

// local turns a wall-clock time of the zone, given as if it were UTC, into UTC.
// Times that the zone leaves out or has twice follow time.Date.
func (c *clock) local(wall int64) (int64, bool) {
	if c.zone == nil || c.zone == time.UTC {
		return wall, true
	}
	slot := wall / zoneSlot
	if !c.slotKnown || slot != c.slot {
		t := time.UnixMicro(wall).UTC()
		in := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, c.zone)
		c.slot, c.slotKnown = slot, true
		c.slotShift = t.Unix()*second - in.Unix()*second
	}
	return wall - c.slotShift, true
}

// parseUnix reads seconds (milli-, micro-, nanoseconds) since 1970, whole or
// with a fraction.
func (c *clock) parseUnix(b []byte) (int64, bool) {
	n := len(b)
	if n == 0 || n > 19 {
		return c.parseUnixFloat(b)
	}
	var v int64
	i := 0
	if b[0] == '-' {
		i = 1
	}
	for ; i < n; i++ {
		d := b[i] - '0'
		if d > 9 {
			return c.parseUnixFloat(b)
		}
		v = v*10 + int64(d)
	}
	if v < 0 { // nineteen digits that an int64 cannot hold
		return 0, false
	}
	if b[0] == '-' {
		if n == 1 {
			return 0, false
		}
		v = -v
	}
	return c.fromUnits(v)
}

func (c *clock) fromUnits(v int64) (int64, bool) {
	if limit := lastSecond * min(c.unit, second); c.unit <= second && (v > limit || v < -limit) {
		return 0, false
	}
	if c.unit > second {
		return v / (c.unit / second), true
	}
	return v * (second / c.unit), true
}

// parseUnixFloat reads a Unix time with a fraction or an exponent. The digits
// before the point are kept exactly.
func (c *clock) parseUnixFloat(b []byte) (int64, bool) {
	s := string(b)
	whole, fraction, found := strings.Cut(s, ".")
	if !found || strings.ContainsAny(s, "eE") {
		return c.parseUnixExponent(s)
	}
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, false
	}
	micros, ok := c.fromUnits(v)
	f, n := fractionMicros([]byte(fraction))
	if !ok || n != len(fraction) {
		return 0, false
	}
	if f = f / c.unit; v < 0 || strings.HasPrefix(whole, "-") {
		f = -f
	}
	return micros + f, true
}

func (c *clock) parseUnixExponent(s string) (int64, bool) {
	if len(s) > 40 || strings.ContainsAny(s, "xXpP_nN") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	f = f * float64(second) / float64(c.unit)
	if err != nil || math.Abs(f) > float64(lastSecond*second) {
		return 0, false
	}
	return int64(math.Round(f)), true
}

// parseSerial reads Excel's count of days; its fraction is good for milliseconds.
func (c *clock) parseSerial(b []byte) (int64, bool) {
	days, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return c.parseISO(b)
	}
	if c.unit == 1904 {
		days += 1462
	}
	if !(days >= 1 && days < 2958466) { // 1900-01-01 up to 9999-12-31
		return 0, false
	}
	if days < 61 { // Excel believes that 1900 was a leap year
		days++
	}
	millis := int64(math.Round((days - 25569) * 86400e3))
	return c.local(millis * 1000)
}
