package prophet

// Growth is the shape of the trend.
type Growth string

// The shapes that Prophet knows.
const (
	Linear   Growth = "linear"
	Logistic Growth = "logistic"
	Flat     Growth = "flat"
)

// Mode says how a term enters: added to the trend, or as a fraction of it.
type Mode string

// The two modes.
const (
	Additive       Mode = "additive"
	Multiplicative Mode = "multiplicative"
)

// The two ways to scale the values.
const (
	AbsMax = "absmax"
	MinMax = "minmax"
)

// Config holds Prophet's options under the names of its constructor, its add_*
// methods (seasonalities, regressors, country_holidays) and its columns (cap,
// floor). Start from Default: the zero Config is not valid.
type Config struct {
	Growth                Growth        `json:"growth"`
	Changepoints          []Date        `json:"changepoints"` // nil: placed by n_changepoints; empty: none
	NChangepoints         int           `json:"n_changepoints"`
	ChangepointRange      float64       `json:"changepoint_range"`
	YearlySeasonality     Switch        `json:"yearly_seasonality"`
	WeeklySeasonality     Switch        `json:"weekly_seasonality"`
	DailySeasonality      Switch        `json:"daily_seasonality"`
	Holidays              []Holiday     `json:"holidays"`
	SeasonalityMode       Mode          `json:"seasonality_mode"`
	SeasonalityPriorScale float64       `json:"seasonality_prior_scale"`
	HolidaysPriorScale    float64       `json:"holidays_prior_scale"`
	ChangepointPriorScale float64       `json:"changepoint_prior_scale"`
	MCMCSamples           int           `json:"mcmc_samples"` // only 0
	IntervalWidth         float64       `json:"interval_width"`
	UncertaintySamples    int           `json:"uncertainty_samples"`
	StanBackend           string        `json:"stan_backend"` // accepted and not used: there is no Stan here
	Scaling               string        `json:"scaling"`
	HolidaysMode          Mode          `json:"holidays_mode,omitempty"` // "": the seasonality_mode
	Cap                   *float64      `json:"cap"`                     // for every row, unless History has a column
	Floor                 *float64      `json:"floor"`
	Seasonalities         []Seasonality `json:"seasonalities"`
	Regressors            []Regressor   `json:"regressors"`
	CountryHolidays       string        `json:"country_holidays"`
}

// Seasonality is a season of its own, as in Prophet's add_seasonality.
type Seasonality struct {
	Name          string  `json:"name"`
	Period        float64 `json:"period"` // in days
	FourierOrder  int     `json:"fourier_order"`
	PriorScale    float64 `json:"prior_scale,omitempty"`    // 0: the seasonality_prior_scale
	Mode          Mode    `json:"mode,omitempty"`           // "": the seasonality_mode
	ConditionName string  `json:"condition_name,omitempty"` // a column of 0 and 1: where the season holds
}

// Holiday is one occurrence of a holiday or event.
type Holiday struct {
	Holiday     string  `json:"holiday"`
	DS          Date    `json:"ds"`
	LowerWindow int     `json:"lower_window"`          // days before, 0 or negative
	UpperWindow int     `json:"upper_window"`          // days after, 0 or positive
	PriorScale  float64 `json:"prior_scale,omitempty"` // 0: the holidays_prior_scale
}

// Regressor is a column of the history and the future, as in add_regressor.
type Regressor struct {
	Name        string  `json:"name"`
	PriorScale  float64 `json:"prior_scale,omitempty"` // 0: the holidays_prior_scale
	Standardize Switch  `json:"standardize"`           // auto: unless the column holds 0 and 1 only
	Mode        Mode    `json:"mode,omitempty"`        // "": the seasonality_mode
}

// Default is Prophet's constructor called without arguments.
func Default() Config {
	return Config{
		Growth:                Linear,
		NChangepoints:         25,
		ChangepointRange:      0.8,
		YearlySeasonality:     Auto,
		WeeklySeasonality:     Auto,
		DailySeasonality:      Auto,
		SeasonalityMode:       Additive,
		SeasonalityPriorScale: 10,
		HolidaysPriorScale:    10,
		ChangepointPriorScale: 0.05,
		IntervalWidth:         0.8,
		UncertaintySamples:    1000,
		Scaling:               AbsMax,
	}
}

// holidaysMode is the mode of all holidays.
func (c Config) holidaysMode() Mode { return orMode(c.HolidaysMode, c.SeasonalityMode) }

func orMode(m, otherwise Mode) Mode {
	if m == "" {
		return otherwise
	}
	return m
}

func orScale(s, otherwise float64) float64 {
	if s == 0 {
		return otherwise
	}
	return s
}
