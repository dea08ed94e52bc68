// Package ui is the window: it shows what app/view computed and hands what the
// user does back to it. It is the only package that knows Fyne.
package ui
