package view

// Command is something the user can do, by key, from the palette or a button.
type Command struct {
	ID   CommandID
	Name string // as the palette and the help sheet say it
	Keys []Stroke
	Page Page // where it works; empty: everywhere
}

// CommandID names a command.
type CommandID string

// The commands.
const (
	GoFact        CommandID = "page.fact"
	GoForecast    CommandID = "page.forecast"
	GoAnalysis    CommandID = "page.analysis"
	OpenPalette   CommandID = "palette"
	ToggleSidebar CommandID = "sidebar"
	OpenFile      CommandID = "open"
	ExportSeen    CommandID = "export"
	RefreshNow    CommandID = "refresh"
	CopySeen      CommandID = "copy"
	ShowKeys      CommandID = "keys"
	Quit          CommandID = "quit"
	PanLeft       CommandID = "pan.left"
	PanRight      CommandID = "pan.right"
	ZoomIn        CommandID = "zoom.in"
	ZoomOut       CommandID = "zoom.out"
	ZoomReset     CommandID = "zoom.reset"
	ZoomBack      CommandID = "zoom.back"
	ZoomForward   CommandID = "zoom.forward"
	UsePan        CommandID = "tool.pan"
	UseBox        CommandID = "tool.box"
	UseCursors    CommandID = "tool.cursors"
	TakeA         CommandID = "cursor.a"
	TakeB         CommandID = "cursor.b"
	StepLeft10    CommandID = "cursor.left10"
	StepRight10   CommandID = "cursor.right10"
	CompareWeek   CommandID = "compare.week"
	CompareDay    CommandID = "compare.day"
	CompareNone   CommandID = "compare.none"
	Annotate      CommandID = "annotate"
	EditLimits    CommandID = "thresholds"
	ShowAllTimes  CommandID = "range.all"
	NextRow       CommandID = "row.next"
	PreviousRow   CommandID = "row.previous"
	OpenRow       CommandID = "row.open"
	Leave         CommandID = "leave"
)

// Stroke is a key with its modifiers. Key is a letter or digit, or one of Left,
// Right, Return, Escape, F1, F5, Plus, Minus. Shift is only set where it matters.
type Stroke struct {
	Key              string
	Ctrl, Alt, Shift bool
}

// String writes the stroke as the help sheet does: Ctrl+K, Alt+←.
func (k Stroke) String() string {
	text := k.Key
	if s, ok := map[string]string{"Left": "←", "Right": "→", "Plus": "+", "Minus": "−", "Return": "Enter"}[k.Key]; ok {
		text = s
	}
	if k.Shift {
		text = "Shift+" + text
	}
	if k.Alt {
		text = "Alt+" + text
	}
	if k.Ctrl {
		text = "Ctrl+" + text
	}
	return text
}

// Plain reports whether the stroke types something, so that it only counts
// while no entry has the focus.
func (k Stroke) Plain() bool { return !k.Ctrl && !k.Alt && len(k.Key) != 2 }

func key(k string) Stroke   { return Stroke{Key: k} }
func ctrl(k string) Stroke  { return Stroke{Key: k, Ctrl: true} }
func alt(k string) Stroke   { return Stroke{Key: k, Alt: true} }
func shift(k string) Stroke { return Stroke{Key: k, Shift: true} }

// Commands lists every command; the handlers, the palette and the help sheet read this one list.
func Commands() []Command {
	return append(programCommands(), factCommands()...)
}

func programCommands() []Command {
	return []Command{
		{GoFact, "Fact", []Stroke{ctrl("1")}, ""},
		{GoForecast, "Forecast", []Stroke{ctrl("2")}, ""},
		{GoAnalysis, "Analysis", []Stroke{ctrl("3")}, ""},
		{OpenPalette, "Find a VM, metric or command", []Stroke{ctrl("K")}, ""},
		{ToggleSidebar, "Hide or show the sidebar", []Stroke{ctrl("B")}, ""},
		{OpenFile, "Open or import...", []Stroke{ctrl("O")}, ""},
		{ExportSeen, "Export what is seen...", []Stroke{ctrl("E")}, ""},
		{RefreshNow, "Refresh now", []Stroke{key("F5"), ctrl("R")}, ""},
		{CopySeen, "Copy the table or the figures", []Stroke{ctrl("C")}, ""},
		{ShowKeys, "Keys of this page", []Stroke{key("F1"), key("?")}, ""},
		{Quit, "Close the window", []Stroke{ctrl("Q")}, ""},
		{Leave, "Leave the tool, then the dialog, then the selection", []Stroke{key("Escape")}, ""},
	}
}

func factCommands() []Command {
	f := FactPage
	return []Command{
		{PanLeft, "Pan to earlier times; step the cursor", []Stroke{key("Left")}, f},
		{PanRight, "Pan to later times; step the cursor", []Stroke{key("Right")}, f},
		{ZoomIn, "Zoom in", []Stroke{key("Plus")}, f},
		{ZoomOut, "Zoom out", []Stroke{key("Minus")}, f},
		{ZoomReset, "Reset zoom", []Stroke{key("0")}, f},
		{ZoomBack, "Previous zoom", []Stroke{alt("Left")}, f},
		{ZoomForward, "Next zoom", []Stroke{alt("Right")}, f},
		{ShowAllTimes, "Show all times", nil, f},
		{UsePan, "Pan", []Stroke{key("P")}, f},
		{UseBox, "Box zoom", []Stroke{key("Z")}, f},
		{UseCursors, "Two cursors", []Stroke{key("C")}, f},
		{TakeA, "Take cursor A", []Stroke{key("A")}, f},
		{TakeB, "Take cursor B", []Stroke{key("B")}, f},
		{StepLeft10, "Step the cursor by 10 to earlier points", []Stroke{shift("Left")}, f},
		{StepRight10, "Step the cursor by 10 to later points", []Stroke{shift("Right")}, f},
		{CompareWeek, "Compare with last week", []Stroke{key("W")}, f},
		{CompareDay, "Compare with the day before", []Stroke{key("D")}, f},
		{CompareNone, "End the comparison", nil, f},
		{Annotate, "Annotate at the crosshair...", []Stroke{key("N")}, f},
		{EditLimits, "Thresholds...", []Stroke{key("T")}, f},
		{NextRow, "Next row", []Stroke{key("J")}, f},
		{PreviousRow, "Previous row", []Stroke{key("K")}, f},
		{OpenRow, "Show the row in the chart", []Stroke{key("Return")}, f},
	}
}

// CommandsOn lists the commands that work on a page.
func CommandsOn(p Page) []Command {
	var out []Command
	for _, c := range Commands() {
		if c.Page == "" || c.Page == p {
			out = append(out, c)
		}
	}
	return out
}

// CommandFor finds the command of a key on a page.
func CommandFor(p Page, k Stroke) (Command, bool) {
	for _, c := range CommandsOn(p) {
		for _, s := range c.Keys {
			if s == k {
				return c, true
			}
		}
	}
	return Command{}, false
}
