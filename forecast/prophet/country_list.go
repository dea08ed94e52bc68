package prophet

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// country is one whose holidays are known, by the three names that Prophet takes.
type country struct {
	code, code3, name string
	holidays          []*cal.Holiday
}

var countries = []country{
	{"AR", "ARG", "Argentina", ar.Holidays},
	{"AT", "AUT", "Austria", at.Holidays},
	{"AU", "AUS", "Australia", au.HolidaysNSW},
	{"BE", "BEL", "Belgium", be.Holidays},
	{"BG", "BGR", "Bulgaria", bg.Holidays},
	{"BR", "BRA", "Brazil", br.Holidays},
	{"CA", "CAN", "Canada", ca.Holidays},
	{"CH", "CHE", "Switzerland", ch.HolidaysZH},
	{"CZ", "CZE", "Czechia", cz.Holidays},
	{"DE", "DEU", "Germany", de.Holidays},
	{"DK", "DNK", "Denmark", dk.Holidays},
	{"ES", "ESP", "Spain", es.Holidays},
	{"FR", "FRA", "France", fr.Holidays},
	{"GB", "GBR", "UnitedKingdom", gb.Holidays},
	{"GR", "GRC", "Greece", gr.Holidays},
	{"HR", "HRV", "Croatia", hr.Holidays},
	{"IE", "IRL", "Ireland", ie.Holidays},
	{"IT", "ITA", "Italy", it.Holidays},
	{"JP", "JPN", "Japan", jp.Holidays},
	{"LT", "LTU", "Lithuania", lt.Holidays},
	{"LV", "LVA", "Latvia", lv.Holidays},
	{"NL", "NLD", "Netherlands", nl.Holidays},
	{"NO", "NOR", "Norway", no.Holidays},
	{"NZ", "NZL", "NewZealand", nz.Holidays},
	{"PL", "POL", "Poland", pl.Holidays},
	{"RO", "ROU", "Romania", ro.Holidays},
	{"RU", "RUS", "Russia", ru.Holidays},
	{"SE", "SWE", "Sweden", se.Holidays},
	{"SI", "SVN", "Slovenia", si.Holidays},
	{"SK", "SVK", "Slovakia", sk.Holidays},
	{"UA", "UKR", "Ukraine", ua.Holidays},
	{"US", "USA", "UnitedStates", us.Holidays},
	{"ZA", "ZAF", "SouthAfrica", za.Holidays},
}
