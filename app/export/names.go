package export

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxStem is the longest file name, in bytes and without its extension, that
// is written: together with a number and an extension it stays below 143 bytes,
// the least that any file system in use allows.
const maxStem = 100

// fileNames turns names from the data into file names that are legal on every
// file system and differ even where upper and lower case or the composition of
// letters do not count.
type fileNames struct{ used map[string]bool }

func newFileNames() *fileNames { return &fileNames{used: map[string]bool{}} }

// unique returns the file name for a name; each call gives another one.
func (f *fileNames) unique(name string) string {
	stem := fileStem(name)
	out := stem
	for n := 2; f.used[foldName(out)]; n++ {
		out = fmt.Sprintf("%s-%d", stem, n)
	}
	f.used[foldName(out)] = true
	return out
}

func foldName(s string) string {
	return norm.NFKD.String(strings.ToLower(strings.ToUpper(s)))
}

// fileStem keeps letters, digits and a few signs, and replaces everything else.
func fileStem(name string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(name, "_")) {
		switch {
		case unicode.IsLetter(r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Mc, r), unicode.Is(unicode.Nd, r), strings.ContainsRune("-.+=@,", r):
			b.WriteRune(r)
		case r == ' ' || r == '_' || !strings.HasSuffix(b.String(), "_"):
			b.WriteRune(keepSpace(r))
		}
	}
	// Dots and spaces at the ends hide a file or vanish on Windows; a leading
	// hyphen reads like an option, a leading mark would join the path before it.
	s := strings.TrimRight(b.String(), ". ")
	s = strings.TrimLeftFunc(s, func(r rune) bool { return strings.ContainsRune(". -", r) || unicode.IsMark(r) })
	switch {
	case s == "":
		s = "_"
	case reserved(s):
		s = "_" + s
	}
	return shorten(s, name)
}

func keepSpace(r rune) rune {
	if r == ' ' {
		return ' '
	}
	return '_'
}

// reserved reports whether Windows takes the name for a device, with any extension.
func reserved(s string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(s), ".")
	base = strings.TrimRight(base, " ")
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}

// shorten cuts a long name and adds a hash of the whole, so that the same name
// always gives the same file.
func shorten(s, whole string) string {
	if len(s) <= maxStem {
		return s
	}
	h := fnv.New32a()
	h.Write([]byte(whole))
	cut := maxStem - 9
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimRight(s[:cut], ". ") + fmt.Sprintf("-%08x", h.Sum32())
}

// sheetNames does the same for the sheets of a workbook: at most 31 UTF-16
// units, none of :\/?*[], no apostrophe at the ends, not "History".
type sheetNames struct{ used map[string]bool }

func newSheetNames() *sheetNames {
	return &sheetNames{used: map[string]bool{"history": true}}
}

const maxSheetName = 31

func (n *sheetNames) unique(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r == '\'' || unicode.IsControl(r) || r == utf8.RuneError || r >= 0xFFFE && r <= 0xFFFF {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if clean = strings.TrimSpace(clean); clean == "" {
		clean = "_"
	}
	out := cutUTF16(clean, maxSheetName)
	for i := 2; n.used[foldName(out)]; i++ {
		suffix := fmt.Sprintf(" (%d)", i)
		out = cutUTF16(clean, maxSheetName-len(suffix)) + suffix
	}
	n.used[foldName(out)] = true
	return out
}

func cutUTF16(s string, limit int) string {
	units := 0
	for i, r := range s {
		if r >= 0x10000 {
			units++
		}
		if units++; units > limit {
			return s[:i]
		}
	}
	return s
}
