package export

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"aiops/charts"
)

// styleSheet is the page's style with the colour tokens of both themes.
// Print keeps the light ones.
func styleSheet() (template.CSS, error) {
	sheet, err := files.ReadFile("report.css")
	if err != nil {
		return "", fmt.Errorf("read the style sheet: %w", err)
	}
	css := ":root{color-scheme:light dark;" + tokens(charts.Light) + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root{" + tokens(charts.Dark) + "}}\n" + string(sheet)
	return template.CSS(css), nil //nolint:gosec // embedded
}

// tokens writes the colours of a theme as custom properties.
func tokens(t charts.Theme) string {
	var b strings.Builder
	for _, c := range []struct {
		name  string
		value color.NRGBA
	}{
		{"surface", t.Surface}, {"raised", t.Raised}, {"border", t.Border}, {"grid", t.Grid},
		{"text", t.Text}, {"muted", t.Muted}, {"faint", t.Faint}, {"accent", t.Accent}, {"hover", t.Hover},
		{"warn", t.Warn}, {"crit", t.Crit}, {"line", t.Lines[0]},
	} {
		fmt.Fprintf(&b, "--%s:#%02X%02X%02X;", c.name, c.value.R, c.value.G, c.value.B)
	}
	return b.String()
}
