"""Makes the reference cases of this folder with Prophet 1.1.5 (prophet==1.1.5,
cmdstanpy==1.2.4, numpy<2, pandas<3). The tests read the cases and never run this.
Usage: python make.py FOLDER"""
import json, logging, os, sys, warnings
import numpy as np, pandas as pd
from prophet import Prophet

logging.disable(logging.CRITICAL)
warnings.filterwarnings("ignore")


def series(n, freq, seed, start="2019-03-01", weekly=1.0, yearly=0.0, scale=10.0, base=60.0):
    rng = np.random.default_rng(seed)
    ds = pd.date_range(start, periods=n, freq=freq)
    t = np.arange(n) / n
    day = ds.dayofweek.to_numpy() + ds.hour.to_numpy() / 24
    y = base + scale * (1.5 * t - 2.2 * np.maximum(0, t - 0.45) + rng.normal(0, 0.15, n))
    y = y + scale * weekly * 0.4 * np.sin(2 * np.pi * day / 7) + scale * yearly * np.cos(2 * np.pi * ds.dayofyear.to_numpy() / 365.25)
    return pd.DataFrame({"ds": ds, "y": np.round(y, 4)})


def extended(df, periods, freq):
    more = pd.date_range(df.ds.iloc[-1], periods=periods + 1, freq=freq)[1:]
    return pd.concat([df[["ds"]], pd.DataFrame({"ds": more})], ignore_index=True)


def cases():
    df = series(220, "D", 1)
    yield "linear", dict(), df, extended(df, 40, "D")
    yield "flat_minmax", dict(growth="flat", scaling="minmax"), df, extended(df, 20, "D")
    yield "minmax", dict(scaling="minmax", seasonality_mode="multiplicative"), df, extended(df, 20, "D")
    yield "given_changepoints", dict(changepoints=["2019-05-20", "2019-07-01"], weekly_seasonality=5, yearly_seasonality=2), df, extended(df, 20, "D")
    yield "no_changepoints", dict(n_changepoints=0), df, extended(df, 20, "D")
    l = series(200, "D", 2, base=30)
    l["cap"], l["floor"] = 95.0, 5.0
    f = extended(l, 60, "D")
    f["cap"], f["floor"] = 95.0, 5.0
    yield "logistic_floor", dict(growth="logistic", changepoint_prior_scale=0.2), l, f
    r = series(240, "D", 3, start="2018-11-10")
    f = extended(r, 30, "D")
    rng = np.random.default_rng(9)
    f["load"] = np.round(rng.normal(50, 12, len(f)), 3)
    f["promo"] = (rng.random(len(f)) < 0.1) * 1
    f["on_season"] = f.ds.dt.month.isin([1, 2, 3, 12]) * 1
    for c in ("load", "promo", "on_season"):
        r[c] = f[c][: len(r)]
    r["y"] = np.round(r.y + 0.3 * r.load + 4 * r.promo, 4)
    holidays = [dict(holiday="launch", ds=d, lower_window=-1, upper_window=2, prior_scale=5.0) for d in ("2018-12-05", "2019-03-08", "2019-07-12")]
    holidays += [dict(holiday="audit", ds="2019-02-01", lower_window=0, upper_window=0, prior_scale=0.5)]
    yield "everything", dict(
        holidays=holidays, holidays_mode="multiplicative", weekly_seasonality=False, holidays_prior_scale=4,
        seasonalities=[dict(name="monthly", period=30.5, fourier_order=3, prior_scale=2, mode="multiplicative"),
                       dict(name="weekly", period=7, fourier_order=2, condition_name="on_season")],
        regressors=[dict(name="load", prior_scale=3), dict(name="promo", mode="multiplicative"), dict(name="off", standardize=False)],
    ), r.assign(off=r.load / 50), f.assign(off=f.load / 50)
    y = series(800, "D", 4, start="2020-06-01", yearly=0.5)
    yield "us_holidays", dict(country_holidays="US"), y, extended(y, 120, "D")
    h = series(24 * 16, "h", 5)
    yield "hourly", dict(), h.drop(index=range(100, 130)).reset_index(drop=True), extended(h, 48, "h")
    m = series(60, "MS", 6, weekly=0, yearly=0.8)
    yield "monthly_mult", dict(seasonality_mode="multiplicative"), m, extended(m, 12, "MS")
    for n in (3, 10, 30):
        s = series(n, "D", n)
        yield f"short_{n}", dict(), s, extended(s, 10, "D")


def fit(options, df):
    o = dict(options)
    seasonalities, regressors, country = (o.pop(k, None) for k in ("seasonalities", "regressors", "country_holidays"))
    if "holidays" in o:
        o["holidays"] = pd.DataFrame(o["holidays"])
    m = Prophet(**o)
    for s in seasonalities or []:
        m.add_seasonality(**s)
    for r in regressors or []:
        m.add_regressor(**r)
    if country:
        m.add_country_holidays(country)
    return m.fit(df)


def log_posterior(m):
    p = {k: np.atleast_1d(np.squeeze(v)) for k, v in m.params.items()}
    X, priors, cols, _ = m.make_all_seasonality_features(m.history)
    h, s = m.history, float(p["sigma_obs"][0])
    t, k, off = h.t.to_numpy(), p["k"][0], p["m"][0]
    delta = p["delta"] if len(m.changepoints) else np.zeros(1)
    if m.growth == "linear":
        trend = m.piecewise_linear(t, delta, k, off, m.changepoints_t)
    elif m.growth == "logistic":
        trend = m.piecewise_logistic(t, h.cap_scaled.to_numpy(), delta, k, off, m.changepoints_t)
    else:
        trend = m.flat_trend(t, off)
    b = p["beta"]
    yhat = trend * (1 + X.to_numpy() @ (b * cols["multiplicative_terms"].to_numpy())) + X.to_numpy() @ (b * cols["additive_terms"].to_numpy())
    r = h.y_scaled.to_numpy() - yhat
    return float(-(k / 5) ** 2 / 2 - (off / 5) ** 2 / 2 - np.abs(delta).sum() / m.changepoint_prior_scale - (s / 0.5) ** 2 / 2
                 - ((b / np.array(priors)) ** 2).sum() / 2 - len(r) * np.log(s) - (r**2).sum() / (2 * s * s))


def columns(df, skip=()):
    out = {c: df[c].astype(float).round(10).tolist() for c in df.columns if c not in ("ds", *skip)}
    return dict(ds=df.ds.dt.strftime("%Y-%m-%d %H:%M:%S").tolist(), **out)


def main(folder):
    for name, options, df, future in cases():
        m = fit(options, df.copy())
        lows, highs = [], []
        for seed in range(20):
            np.random.seed(seed)
            fc = m.predict(future.copy())
            lows.append(fc.yhat_lower.to_numpy())
            highs.append(fc.yhat_upper.to_numpy())
        keep = [c for c in fc.columns if not c.endswith(("_lower", "_upper"))]
        rows = sorted(set(range(0, len(fc), 9)) | set(range(len(df), len(fc))))
        bounds = {}
        for side, v in (("lower", np.array(lows)), ("upper", np.array(highs))):
            bounds[side], bounds[side + "_sd"] = v.mean(0)[rows].tolist(), v.std(0, ddof=1)[rows].tolist()
        X, priors, _, _ = m.make_all_seasonality_features(m.history)
        p = {k: np.atleast_1d(np.squeeze(v)).tolist() for k, v in m.params.items() if k != "trend"}
        case = dict(options=options, history=columns(df), future=columns(future), rows=rows,
                    forecast={c: [float(f"{v:.10g}") for v in fc[c].to_numpy()[rows]] for c in keep if c not in ("ds", "cap", "floor")},
                    bounds={k: [float(f"{x:.8g}") for x in v] for k, v in bounds.items()},
                    params=dict(k=p["k"][0], m=p["m"][0], sigma_obs=p["sigma_obs"][0], delta=p["delta"], beta=p["beta"]),
                    features=list(X.columns), prior_scales=[float(x) for x in priors], y_scale=float(m.y_scale),
                    changepoints=[str(c) for c in m.changepoints], log_posterior=log_posterior(m))
        with open(os.path.join(folder, name + ".json"), "w") as f:
            json.dump(case, f, separators=(",", ":"))
            f.write("\n")
        print(name, case["log_posterior"])


main(sys.argv[1])
