package charts

import "image/color"

// Theme is the colour tokens of one appearance. The window's theme and the
// report's style sheet use the same ones.
type Theme struct {
	Name                                            string // "dark" or "light"
	Bg, Surface, Raised, Inset, Border, Grid        color.NRGBA
	Text, Muted, Faint, Accent, Primary, Sel, Hover color.NRGBA
	OK, OKSoft, Warn, WarnSoft, Crit, CritSoft      color.NRGBA
	Lines, Band80, Band50                           [8]color.NRGBA
	Score                                           [6]color.NRGBA
}

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func hexes(v ...uint32) (out [8]color.NRGBA) {
	for i, h := range v {
		out[i] = hex(h)
	}
	return out
}

// Dark is the dark theme.
var Dark = Theme{
	Name: "dark", Bg: hex(0x101418), Surface: hex(0x171C22), Raised: hex(0x1F262E), Inset: hex(0x13181D),
	Border: hex(0x2E3843), Grid: hex(0x252D36), Text: hex(0xE6EAEE), Muted: hex(0xA3AEBA), Faint: hex(0x75818E),
	Accent: hex(0x7DB4FF), Primary: hex(0x2D6CD2), Sel: hex(0x1D3352), Hover: hex(0x232B34),
	OK: hex(0x4CC38A), OKSoft: hex(0x16301F), Warn: hex(0xF2B13C), WarnSoft: hex(0x332910), Crit: hex(0xFF7B72), CritSoft: hex(0x3C1F20),
	Lines:  hexes(0x66A8FF, 0xDE881E, 0x68FCD4, 0xB65F85, 0x68D7FD, 0xE9C95F, 0x7B6FDD, 0xA1A7AC),
	Band80: hexes(0x27384E, 0x3F3221, 0x274946, 0x372936, 0x27414E, 0x413F2E, 0x2B2D47, 0x33383E),
	Band50: hexes(0x355176, 0x634520, 0x367166, 0x533548, 0x366375, 0x675E39, 0x3D3C69, 0x4B5156),
	Score:  [6]color.NRGBA{hex(0x1F262E), hex(0x3A3A2E), hex(0x7A5A1C), hex(0xC8791F), hex(0xF0A04B), hex(0xFFE3B0)},
}

// Light is the light theme; print always uses it.
var Light = Theme{
	Name: "light", Bg: hex(0xF1F3F6), Surface: hex(0xFFFFFF), Raised: hex(0xF6F8FA), Inset: hex(0xFAFBFC),
	Border: hex(0xD5DBE2), Grid: hex(0xE8ECF0), Text: hex(0x1A2129), Muted: hex(0x55616E), Faint: hex(0x7C8793),
	Accent: hex(0x0B5BD3), Primary: hex(0x1A5FCC), Sel: hex(0xE1ECFB), Hover: hex(0xEDF1F5),
	OK: hex(0x147A4D), OKSoft: hex(0xE3F4EA), Warn: hex(0x8F5B00), WarnSoft: hex(0xFFF2D9), Crit: hex(0xC4262E), CritSoft: hex(0xFDE7E6),
	Lines:  hexes(0x1252B8, 0xC0660F, 0x45A08C, 0x6E1A64, 0x267EA8, 0x5A4A00, 0xA37EF4, 0x565B60),
	Band80: hexes(0xD9E3F4, 0xF5E7D9, 0xE1F0ED, 0xE8DAE6, 0xDCEAF1, 0xE5E2D6, 0xF0EAFD, 0xE4E5E6),
	Band50: hexes(0xB3C8E8, 0xEBCEB2, 0xC3E1DA, 0xD1B6CD, 0xBAD6E3, 0xCAC5AD, 0xE2D6FB, 0xC9CBCC),
	Score:  [6]color.NRGBA{hex(0xEEF1F4), hex(0xF8E7C4), hex(0xF3C274), hex(0xE08A2E), hex(0xB8501B), hex(0x6B1B12)},
}
