// Package assets holds the files that are built into the program.
package assets

import _ "embed" // the fonts

// FontRegular is Noto Sans Regular, cut down to European scripts (TrueType).
//
//go:embed fonts/NotoSans-Regular.ttf
var FontRegular []byte

// FontBold is Noto Sans Bold, cut down to European scripts (TrueType).
//
//go:embed fonts/NotoSans-Bold.ttf
var FontBold []byte
