package view

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"rsc.io/qr"
)

// qrMargin is the quiet zone that readers need, in modules.
const qrMargin = 4

// QR is a text as a QR code, black on white in every theme, so many pixels a module.
func QR(text string, module int) (image.Image, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	size := (code.Size + 2*qrMargin) * module
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range size {
		for x := range size {
			if code.Black(x/module-qrMargin, y/module-qrMargin) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return img, nil
}

// QRText is a QR code for a terminal: two modules a character, with colours of
// its own, so that it is black on white on a dark terminal too.
func QRText(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	var b strings.Builder
	for y := -qrMargin; y < code.Size+qrMargin; y += 2 {
		b.WriteString("\x1b[40;97m")
		for x := -qrMargin; x < code.Size+qrMargin; x++ {
			switch up, down := code.Black(x, y), code.Black(x, y+1) || y+1 >= code.Size+qrMargin; {
			case up && down:
				b.WriteRune(' ')
			case up:
				b.WriteRune('▄')
			case down:
				b.WriteRune('▀')
			default:
				b.WriteRune('█')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String(), nil
}
