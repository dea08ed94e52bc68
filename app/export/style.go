package export

import (
	"fmt"
	"html/template"

	"aiops/charts"
)

// styleSheet is the page's style with the colour tokens of both themes.
// Print keeps the light ones.
func styleSheet() (template.CSS, error) {
	sheet, err := files.ReadFile("report.css")
	if err != nil {
		return "", fmt.Errorf("read the style sheet: %w", err)
	}
	css := ":root{color-scheme:light dark;" + charts.Light.CSS() + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root{" + charts.Dark.CSS() + "}}\n" + string(sheet)
	return template.CSS(css), nil // embedded
}
