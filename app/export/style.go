package export

import (
	"encoding/base64"
	"fmt"
	"html/template"

	"aiops/assets"
	"aiops/charts"
)

// styleSheet is the page's style with the colour tokens of both themes.
// Print keeps the light ones.
func styleSheet() (template.CSS, error) {
	sheet, err := files.ReadFile("report.css")
	if err != nil {
		return "", fmt.Errorf("read the style sheet: %w", err)
	}
	css := face(400, assets.FontRegular) + face(700, assets.FontBold) + ":root{color-scheme:light dark;" + charts.Light.CSS() + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root{" + charts.Dark.CSS() + "}}\n" + string(sheet)
	return template.CSS(css), nil // embedded
}

// face embeds the font, so that the page looks the same where it is not
// installed; where it is, that one has more letters.
func face(weight int, ttf []byte) string {
	local := map[int]string{400: "Noto Sans", 700: "Noto Sans Bold"}[weight]
	return fmt.Sprintf("@font-face{font-family:\"Noto Sans\";font-weight:%d;src:local(\"%s\"),url(data:font/ttf;base64,%s)}\n",
		weight, local, base64.StdEncoding.EncodeToString(ttf))
}
