#!/usr/bin/env python3
"""peers.py WINDOWS.csv SEASON [LONG_SEASON]: the figures of docs/ACCURACY.md for statsforecast's models.

WINDOWS.csv is what TestAccuracy writes into AIOPS_ACCURACY_WINDOWS: group,window,part,step,value.
Needs numpy, pandas and statsforecast. Prints one line a model: means over the windows of a group, then over the groups.
"""
import sys, time
import numpy as np, pandas as pd
from statsforecast.models import MSTL, AutoETS, AutoTheta, SeasonalNaive


def scale(x, s):
    if len(x) >= 2 * s:
        q = np.mean(np.abs(x[s:] - x[:-s]))
        if q > 0:
            return q
    return np.mean(np.abs(np.diff(x)))


def score(y, p, q):
    f, lo, hi, lo95, hi95 = p['mean'], p['lo-80'], p['hi-80'], p['lo-95'], p['hi-95']
    e = np.abs(y - f)
    d = np.abs(y) + np.abs(f)
    interval = hi - lo + 10 * np.maximum(lo - y, 0) + 10 * np.maximum(y - hi, 0)
    msis = hi95 - lo95 + 40 * np.maximum(lo95 - y, 0) + 40 * np.maximum(y - hi95, 0)
    return {'MASE': e.mean() / q, 'sMAPE': np.where(d == 0, 0, 200 * e / np.where(d == 0, 1, d)).mean(), 'sWIS': np.mean((0.5 * e + 0.1 * interval) / 1.5) / q,
            'cov80': np.mean((y >= lo) & (y <= hi)), 'MSIS': msis.mean() / q, 'cov95': np.mean((y >= lo95) & (y <= hi95))}


def main():
    seasons = [int(s) for s in sys.argv[2:]]
    s = seasons[0]
    windows = [(k, g[g.part == 'known'].value.to_numpy(float), g[g.part == 'actual'].value.to_numpy(float))
               for k, g in pd.read_csv(sys.argv[1]).groupby(['group', 'window'], sort=False)]
    for name, make in {'MSTL+ETS': lambda n: MSTL([p for p in seasons if n >= 2 * p] or [s], trend_forecaster=AutoETS(model='ZZN')),
                       'AutoTheta': lambda n: AutoTheta(season_length=s), 'SeasonalNaive': lambda n: SeasonalNaive(s)}.items():
        rows, failed, began = [], 0, time.process_time()
        for (group, _), x, y in windows:
            q = scale(x, s)
            if not q > 0:
                continue
            try:
                rows.append({'group': group, **score(y, make(len(x)).forecast(x, len(y), level=[80, 95]), q)})
            except Exception:  # a model that cannot be fitted is left out of its own mean, and counted
                failed += 1
        d = pd.DataFrame(rows).groupby('group').mean(numeric_only=True).mean()
        print(f'{name:14s} windows {len(rows)} failed {failed}  ' + '  '.join(f'{k} {v:.3f}' for k, v in d.items()) +
              f'  {1000 * (time.process_time() - began) / max(1, len(windows)):.0f} ms CPU a forecast', flush=True)


if __name__ == '__main__':
    main()
