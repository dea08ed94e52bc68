package view

import "slices"

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
	OpenSnapshot  CommandID = "snapshot.open"
	SaveSnapshot  CommandID = "snapshot.save"
	ShowSources   CommandID = "sources"
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

	MarkAnomalies CommandID = "anomalies"
	ShowIncidents CommandID = "analysis.incidents"
	ShowExplore   CommandID = "analysis.explore"
	ShowAlerts    CommandID = "analysis.alerts"
	ShowRules     CommandID = "analysis.rules"
	ShowSilences  CommandID = "analysis.silences"

	NextSeries       CommandID = "series.next"
	PreviousSeries   CommandID = "series.previous"
	ShowPast         CommandID = "forecast.past"
	TuneModel        CommandID = "forecast.tune"
	TrainModel       CommandID = "forecast.train"
	TestModel        CommandID = "forecast.test"
	ForecastShown    CommandID = "forecast.one"
	ForecastSelected CommandID = "forecast.selected"
	ForecastAll      CommandID = "forecast.all"
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
	f, a, n := FactPage, ForecastPage, AnalysisPage
	return slices.Concat(programCommands(), chartCommands(f), factCommands(), rowCommands(f), chartCommands(a), forecastCommands(), rowCommands(a),
		chartCommands(n), analysisCommands(), rowCommands(n))
}

func programCommands() []Command {
	return []Command{
		{GoFact, "Fact", []Stroke{ctrl("1")}, ""},
		{GoForecast, "Forecast", []Stroke{ctrl("2")}, ""},
		{GoAnalysis, "Analysis", []Stroke{ctrl("3")}, ""},
		{OpenPalette, "Find a VM, metric or command", []Stroke{ctrl("K")}, ""},
		{ToggleSidebar, "Hide or show the sidebar", []Stroke{ctrl("B")}, ""},
		{OpenFile, "Open or import...", []Stroke{ctrl("O")}, ""},
		{OpenSnapshot, "Open a snapshot...", nil, ""},
		{SaveSnapshot, "Save a snapshot...", nil, ""},
		{ShowSources, "Data sources...", nil, ""},
		{ExportSeen, "Export what is seen...", []Stroke{ctrl("E")}, ""},
		{RefreshNow, "Refresh now", []Stroke{key("F5"), ctrl("R")}, ""},
		{CopySeen, "Copy the table or the figures", []Stroke{ctrl("C")}, ""},
		{ShowKeys, "Keys of this page", []Stroke{key("F1"), key("?")}, ""},
		{Quit, "Close the window", []Stroke{ctrl("Q")}, ""},
		{Leave, "Leave the tool, then the dialog, then the selection", []Stroke{key("Escape")}, ""},
	}
}

// chartCommands work on every page with a chart.
func chartCommands(p Page) []Command {
	pan := ""
	if p == FactPage {
		pan = "; step the cursor"
	}
	return []Command{
		{PanLeft, "Pan to earlier times" + pan, []Stroke{key("Left")}, p},
		{PanRight, "Pan to later times" + pan, []Stroke{key("Right")}, p},
		{ZoomIn, "Zoom in", []Stroke{key("Plus")}, p},
		{ZoomOut, "Zoom out", []Stroke{key("Minus")}, p},
		{ZoomReset, "Reset zoom", []Stroke{key("0")}, p},
		{ZoomBack, "Previous zoom", []Stroke{alt("Left")}, p},
		{ZoomForward, "Next zoom", []Stroke{alt("Right")}, p},
		{ShowAllTimes, "Show all times", nil, p},
		{UsePan, "Pan", []Stroke{key("P")}, p},
		{UseBox, "Box zoom", []Stroke{key("Z")}, p},
	}
}

// rowCommands work on every page with limits and a table.
func rowCommands(p Page) []Command {
	open := "Show the row in the chart"
	row := "row"
	switch p {
	case ForecastPage:
		open = "Show the row's series"
	case AnalysisPage:
		open, row = "Show the incident on Fact", "incident"
	}
	return []Command{
		{EditLimits, "Thresholds...", []Stroke{key("T")}, p},
		{NextRow, "Next " + row, []Stroke{key("J")}, p},
		{PreviousRow, "Previous " + row, []Stroke{key("K")}, p},
		{OpenRow, open, []Stroke{key("Return")}, p},
	}
}

func analysisCommands() []Command {
	n := AnalysisPage
	return []Command{
		{ShowIncidents, "Scores and incidents", []Stroke{key("I")}, n},
		{ShowExplore, "Explore what is selected", []Stroke{key("E")}, n},
		{ShowAlerts, "Alerts that fire, and their history", []Stroke{key("A")}, n},
		{ShowRules, "Rules of alerts", []Stroke{key("R")}, n},
		{ShowSilences, "Silences", []Stroke{key("S")}, n},
		{Annotate, "Annotate the incident...", []Stroke{key("N")}, n},
	}
}

func forecastCommands() []Command {
	f := ForecastPage
	return []Command{
		{NextSeries, "Next selected series", []Stroke{key("N")}, f},
		{PreviousSeries, "Previous selected series", []Stroke{key("B")}, f},
		{ShowPast, "Past forecasts over what came", []Stroke{key("O")}, f},
		{TuneModel, "Tune the model...", nil, f},
		{TrainModel, "Train the model anew", nil, f},
		{TestModel, "Backtest with more origins", nil, f},
		{ForecastShown, "Forecast and store the shown series", nil, f},
		{ForecastSelected, "Forecast and store the selected series", nil, f},
		{ForecastAll, "Forecast and store all series", nil, f},
	}
}

func factCommands() []Command {
	f := FactPage
	return []Command{
		{UseCursors, "Two cursors", []Stroke{key("C")}, f},
		{TakeA, "Take cursor A", []Stroke{key("A")}, f},
		{TakeB, "Take cursor B", []Stroke{key("B")}, f},
		{StepLeft10, "Step the cursor by 10 to earlier points", []Stroke{shift("Left")}, f},
		{StepRight10, "Step the cursor by 10 to later points", []Stroke{shift("Right")}, f},
		{CompareWeek, "Compare with last week", []Stroke{key("W")}, f},
		{CompareDay, "Compare with the day before", []Stroke{key("D")}, f},
		{CompareNone, "End the comparison", nil, f},
		{Annotate, "Annotate at the crosshair...", []Stroke{key("N")}, f},
		{MarkAnomalies, "Mark anomalies", nil, f},
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
