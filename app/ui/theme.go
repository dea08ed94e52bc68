package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"aiops/app/view"
	"aiops/assets"
	"aiops/charts"
)

// Names of the colours that Fyne has no name for.
const (
	colorSurface  fyne.ThemeColorName = "aiops-surface"
	colorBorder   fyne.ThemeColorName = "aiops-border"
	colorGrid     fyne.ThemeColorName = "aiops-grid"
	colorRaised   fyne.ThemeColorName = "aiops-raised"
	colorInset    fyne.ThemeColorName = "aiops-inset"
	colorMuted    fyne.ThemeColorName = "aiops-muted"
	colorFaint    fyne.ThemeColorName = "aiops-faint"
	colorAccent   fyne.ThemeColorName = "aiops-accent"
	colorText     fyne.ThemeColorName = "aiops-text"
	colorSel      fyne.ThemeColorName = "aiops-sel"
	colorOKSoft   fyne.ThemeColorName = "aiops-ok-soft"
	colorOK       fyne.ThemeColorName = "aiops-ok"
	colorWarn     fyne.ThemeColorName = "aiops-warn"
	colorWarnSoft fyne.ThemeColorName = "aiops-warn-soft"
	colorCrit     fyne.ThemeColorName = "aiops-crit"
	colorCritSoft fyne.ThemeColorName = "aiops-crit-soft"
	colorNone     fyne.ThemeColorName = "aiops-none"
)

// Sizes of text, in the roles of the specification.
const (
	sizeCaption float32 = 11
	sizeTable   float32 = 12
	sizeBody    float32 = 13
	sizeTitle   float32 = 15
	sizeBig     float32 = 20
)

var (
	fontRegular = fyne.NewStaticResource("NotoSans-Regular.ttf", assets.FontRegular)
	fontBold    = fyne.NewStaticResource("NotoSans-Bold.ttf", assets.FontBold)
)

// Theme is the window's look, made from the tokens that charts and reports use too.
type Theme struct{ Appearance view.Appearance }

// tokens are the colours of the variant that the theme shows.
func (t Theme) tokens(v fyne.ThemeVariant) *charts.Theme {
	dark := t.Appearance == view.AlwaysDark || t.Appearance != view.AlwaysLight && v != theme.VariantLight
	if dark {
		return &charts.Dark
	}
	return &charts.Light
}

// Color is a colour by Fyne's name or one of this package's own.
func (t Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	k := t.tokens(v)
	switch name {
	case theme.ColorNameBackground:
		return k.Bg
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, colorSurface:
		return k.Surface
	case theme.ColorNameButton, theme.ColorNameHeaderBackground, theme.ColorNameDisabledButton, colorRaised:
		return k.Raised
	case theme.ColorNameInputBackground, colorInset:
		return k.Inset
	case theme.ColorNameSeparator, theme.ColorNameInputBorder, colorBorder:
		return k.Border
	case theme.ColorNameForeground, colorText:
		return k.Text
	case theme.ColorNamePlaceHolder, colorMuted:
		return k.Muted
	case theme.ColorNameDisabled, theme.ColorNameScrollBar, colorFaint:
		return k.Faint
	case theme.ColorNameHyperlink, theme.ColorNameFocus, colorAccent:
		return k.Accent
	case theme.ColorNamePrimary:
		return k.Primary
	}
	return t.statusColor(name, v)
}

func (t Theme) statusColor(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	k := t.tokens(v)
	switch name {
	case theme.ColorNameSelection, colorSel:
		return k.Sel
	case theme.ColorNameHover, theme.ColorNamePressed:
		return k.Hover
	case theme.ColorNameSuccess, colorOK:
		return k.OK
	case theme.ColorNameWarning, colorWarn:
		return k.Warn
	case theme.ColorNameError, colorCrit:
		return k.Crit
	case colorOKSoft:
		return k.OKSoft
	case colorWarnSoft:
		return k.WarnSoft
	case colorCritSoft:
		return k.CritSoft
	case colorGrid:
		return k.Grid
	case theme.ColorNameForegroundOnPrimary:
		return color.White
	case theme.ColorNameForegroundOnError, theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning:
		return k.Surface
	case theme.ColorNameScrollBarBackground, colorNone:
		return color.Transparent
	case theme.ColorNameShadow:
		return color.NRGBA{A: 0x40}
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font is the same Noto Sans as in charts: Fyne's own copy lacks the minus sign.
func (Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace || s.Italic || s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return fontBold
	}
	return fontRegular
}

// Icon is Fyne's own icon; the window's tools have theirs, see icons.go.
func (Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size is denser than Fyne's default: a work tool shows more.
func (Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return sizeBody
	case theme.SizeNameCaptionText:
		return sizeCaption
	case theme.SizeNameSubHeadingText:
		return sizeTitle
	case theme.SizeNameHeadingText:
		return sizeBig
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNamePadding, theme.SizeNameInputRadius, theme.SizeNameSelectionRadius, theme.SizeNameButtonRadius:
		return 4
	case theme.SizeNameInnerPadding:
		return 5
	case theme.SizeNameLineSpacing:
		return 2
	case theme.SizeNameCardRadius, theme.SizeNamePopupRadius, theme.SizeNameMenuRadius:
		return 6
	case theme.SizeNameDialogRadius:
		return 8
	case theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder:
		return 1
	case theme.SizeNameModalBlurRadius:
		return 0
	case theme.SizeNameScrollBar:
		return 8
	case theme.SizeNameScrollBarSmall, theme.SizeNameScrollBarRadius:
		return 4
	}
	return theme.DefaultTheme().Size(n)
}

// tokens are the colours shown now.
func tokens() *charts.Theme {
	s := fyne.CurrentApp().Settings()
	if t, ok := s.Theme().(Theme); ok {
		return t.tokens(s.ThemeVariant())
	}
	return Theme{}.tokens(s.ThemeVariant())
}

// ink looks a colour up by name.
func ink(name fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(name, s.ThemeVariant())
}

// smaller is the theme with the text of tables, for entries in a narrow place.
type smaller struct{}

func (smaller) now() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (t smaller) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return t.now().Color(n, v)
}
func (t smaller) Font(s fyne.TextStyle) fyne.Resource     { return t.now().Font(s) }
func (t smaller) Icon(n fyne.ThemeIconName) fyne.Resource { return t.now().Icon(n) }
func (t smaller) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNameText {
		return sizeTable
	}
	return t.now().Size(n)
}
