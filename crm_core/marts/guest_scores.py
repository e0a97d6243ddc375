"""mart_guest_scores, mart_guest_models and mart_guest_tests: who comes back, what a guest is worth, and how far that can be believed.

A property is judged by its own past where that is long enough, else by the past of all properties together (only the weights of such a
model know of other properties). A model that fails its back-test is not used: what then speaks is how many came back in the last year of
those who had stayed as often and as lately.
"""
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_core.marts import tables
from crm_core.marts.guest_models import YEAR, Ask, Model, Past, choose, each, features, repeat_mean, rule, triple, waiting
from crm_core.marts.histories import BASIS
from crm_core.stats import clusters, lifetime

VERSION = "guest scores 1"
MILLION = 1_000_000
DISCOUNT, YEARS = 0.10, 3
# The best tenth, the next two and the next three tenths by value.
TIERS = ((10, "top"), (8, "high"), (5, "middle"), (1, "base"))
# Where how often guests come and what they spend go together, a stay is worth the mean of those who come as often: 1, 2, 3–4, more stays.
OFTEN = (1, 2, 4)
MOST_REPEATS = 7  # repeat stays that are told apart when the fit is looked at
LIKELY = (0.25, 0.75)  # half of such guests come within this window
Rows = dict[sa.Table, pd.DataFrame]


def scored(ask: Ask, as_of: dt.date, properties: Sequence[int]) -> Iterator[Rows]:
    """Yield the rows of the three marts, place by place, all properties together first; `ask` answers a select over the marts."""
    together = None
    for place in (tables.TOGETHER, *properties) if len(properties) > 1 else properties:
        past = Past(ask, as_of, place)
        if len(past.now):
            model = choose(past, together)
            together = model if place == tables.TOGETHER else together
            yield _rows(past, model)


def _rows(past: Past, model: Model) -> Rows:
    found = _grouped(past.now)
    scores = _scores(past, model).assign(cluster=found.label)
    frames = {tables.guest_scores: scores, tables.guest_models: pd.DataFrame([_told(past, model, found, scores)]), tables.guest_tests: _tests(past, model)}
    return {table: _typed(frame, table) for table, frame in frames.items()}


def _typed(frame: pd.DataFrame, table: sa.Table) -> pd.DataFrame:
    """Whole numbers that may be missing, which a plain array of numbers cannot hold."""
    if frame.empty:
        return frame
    whole = [c.name for c in table.c if isinstance(c.type, sa.Integer)]
    return frame.assign(**{name: pd.to_numeric(frame[name]).astype("Int64") for name in whole})


# --- guests ---------------------------------------------------------------------------------------------------------------
def _scores(past: Past, model: Model) -> pd.DataFrame:
    now = past.now
    n, silent, age = (now[name].to_numpy(float) for name in ("stays", "silent_days", "age_days"))
    gap = np.divide(age - silent, n - 1, out=np.full(len(n), np.nan), where=n > 1)
    frame = now.assign(property_id=past.place, gap_days=gap, monetary=_fifths(now["recent_spend"], now["guest_id"]))
    frame = frame.assign(**(_foretold(past, model) if model.speaks else _by_rule(past, model)))
    worth = frame["value"] if model.speaks else frame["recent_spend"]
    decile = _tenths(worth, frame["guest_id"])
    return frame.assign(value_decile=decile if model.speaks else np.nan, tier=_tier(decile))


def _foretold(past: Past, model: Model) -> dict[str, np.ndarray]:
    """What the lifetime model says of each guest; every interval is widened by the error of the back-test, and blank without one."""
    now, fit = past.now, model.fit
    alive, years = each(fit.alive, now), [each(partial(fit.expected, YEAR * k), now) for k in range(1, YEARS + 1)]
    learnt = model.learnt and model.learnt.used
    chance = model.learnt.predict(features(now, past.as_of, fit)) if learnt else each(partial(fit.returns, YEAR), now).value
    spend = _spend_per_stay(past.now, model.spend)
    margin = spend * past.now["margin_bp"].to_numpy(float) / BASIS
    worth = lambda side: lifetime.value(np.diff([getattr(y, side) for y in years], axis=0, prepend=0).T, margin, DISCOUNT)  # noqa: E731
    value, wide = worth("value"), _widening(model)
    # Where a stay costs more than it brings, the fewest stays are the highest value.
    lowest, highest = np.sort([worth("low") * wide[0], worth("high") * wide[1]], axis=0)
    gone = 1 - alive.value
    return {
        "alive_ppm": _ppm(alive.value), "alive_low": _ppm(alive.low), "alive_high": _ppm(alive.high),
        "expected_ppm": _ppm(years[0].value), "expected_low": _ppm(years[0].low * wide[0]), "expected_high": _ppm(years[0].high * wide[1]),
        "return_ppm": _ppm(chance), "stays_2": years[1].value - years[0].value, "stays_3": years[2].value - years[1].value,
        "spend_per_stay": spend, "value": _whole(value), "value_low": _whole(lowest), "value_high": _whole(highest),
        "at_stake": _whole(value * np.divide(gone, alive.value, out=np.zeros(len(gone)), where=alive.value > 0)),
        **_window(past, fit, alive.value),
    }  # fmt: skip


def _widening(model: Model) -> tuple[float, float]:
    """By how much the low and the high end of a forecast move: the back-test's error in both directions; NaN where there was no test."""
    if not model.is_tested:
        return np.nan, np.nan
    return max(0.0, 1 - abs(model.test.error)), 1 + abs(model.test.error)


def _spend_per_stay(guests: pd.DataFrame, spend: lifetime.SpendFit) -> np.ndarray:
    """Expected spend of a stay, in minor units: Gamma-Gamma, or the mean by how often guests come where it may not be used."""
    if spend.converged and spend.is_independent:
        return spend.expected(guests["stays"].to_numpy(float) - 1, repeat_mean(guests)).value
    often = np.searchsorted(OFTEN, guests["stays"].to_numpy(float))
    sums = guests.assign(often=often)[["often", "spend", "stays"]].dropna().groupby("often").sum()
    return (sums["spend"] / sums["stays"]).reindex(often).to_numpy(float)


def _window(past: Past, fit: lifetime.Fit, alive: np.ndarray) -> dict[str, pd.Series]:
    """The days between which half of the guests alike come next, for those with a rhythm who are likelier still customers than not."""
    told = (past.now["stays"].to_numpy(float) > 1) & (alive >= 0.5)
    days = [np.where(told, waiting(fit, share, past.now), np.nan) for share in LIKELY]
    return {name: pd.Timestamp(past.as_of) + pd.to_timedelta(pd.Series(np.minimum(np.round(d), 36500)), unit="D")
            for name, d in zip(("next_from", "next_to"), days, strict=True)}


def _by_rule(past: Past, model: Model) -> dict[str, object]:
    unknown = dict.fromkeys(
        ("alive_ppm", "alive_low", "alive_high", "expected_ppm", "expected_low", "expected_high", "stays_2", "stays_3", "spend_per_stay", "value",
         "value_low", "value_high", "at_stake"), np.nan)  # fmt: skip
    chance = _ppm(rule(past.cut, past.now)) if model.kind == "rule" else np.nan
    return unknown | {"return_ppm": chance, "next_from": pd.NaT, "next_to": pd.NaT}


def _ppm(share: np.ndarray) -> np.ndarray:
    return np.round(share * MILLION)


def _whole(amount: np.ndarray) -> np.ndarray:
    return np.round(amount)


def _fifths(amount: pd.Series, guest: pd.Series) -> np.ndarray:
    return np.nan_to_num(_parts(amount, guest, 5), nan=1)  # of whom nothing is known, nothing is expected


def _tenths(amount: pd.Series, guest: pd.Series) -> np.ndarray:
    return _parts(amount, guest, 10)


def _parts(amount: pd.Series, guest: pd.Series, parts: int) -> np.ndarray:
    """Rank guests into equal parts, the best being the last; of equals the later id ranks higher, so that every engine cuts alike. NaN if unknown."""
    amount = amount.to_numpy(float, na_value=np.nan)
    known = np.flatnonzero(np.isfinite(amount))
    best_last, found = known[np.lexsort((guest.to_numpy()[known], amount[known]))], np.full(len(amount), np.nan)
    found[best_last] = np.arange(len(known)) * parts // max(len(known), 1) + 1
    return found


def _tier(decile: np.ndarray) -> np.ndarray:
    return np.select([decile >= least for least, _ in TIERS], [name for _, name in TIERS], TIERS[-1][1])


def _grouped(now: pd.DataFrame) -> clusters.Clusters:
    """Guests who are alike in what they do: how often, how lately, how long, for how much, when, and through whom."""
    n = now["stays"].to_numpy(float)
    return clusters.find({
        "stays": n, "silent_days": now["silent_days"].to_numpy(float), "spend_per_stay": now["spend"].to_numpy(float) / n,
        "nights_per_stay": now["nights"].to_numpy(float) / n, "weekend_share": now["weekend_share"].to_numpy(float),
        "direct_share": now["direct_share"].to_numpy(float),
    })  # fmt: skip


# --- the model and its test -----------------------------------------------------------------------------------------------
def _told(past: Past, model: Model, found: clusters.Clusters, scores: pd.DataFrame) -> dict[str, object]:
    fit, test, spend = model.fit, model.test, model.spend
    row = {
        "property_id": past.place, "kind": model.kind, "why": model.why, "speaker": model.speaker,
        "speaker_why": model.learnt.why if model.learnt else "", "guests": len(past.now), "repeats": int(past.now["stays"].sum() - len(past.now)),
        "fitted": json.dumps(_parameters(model)), "log_likelihood": fit.log_likelihood if fit and fit.converged else None,
        "correlation": spend.correlation if spend else None, "population": spend.population if spend else None,
        "cut_on": past.as_of - dt.timedelta(YEAR), "propensity": json.dumps(_learnt(model)), "clusters": json.dumps(_clusters(found)),
        "cuts": json.dumps(_cuts(scores)), "checks": json.dumps(_checks(past, model)), "version": VERSION,
    }  # fmt: skip
    figures = ("predicted", "predicted_low", "predicted_high", "actual", "brier", "base_brier", "mean_predicted", "observed", "coverage")
    own = {"predicted_low": "low", "predicted_high": "high"}
    tested = test is not None and test.why not in ("few", "not_converged")
    return row | {"tested": len(past.cut) if tested else 0} | {name: getattr(test, own.get(name, name)) if tested else None for name in figures}


def _parameters(model: Model) -> dict[str, list[float]]:
    """Each parameter with its interval, and those of the spend."""
    if not model.fit or not model.fit.converged:
        return {}
    told = {name: [value, *model.fit.interval(name)] for name, value in model.fit.params.items()}
    return told | {f"spend_{name}": [value] for name, value in (model.spend.params if model.spend and model.spend.converged else {}).items()}


def _learnt(model: Model) -> dict[str, object]:
    p = model.learnt
    if p is None or p.learnt is None:
        return {}
    return {"learnt": asdict(p.learnt), "lifetime": asdict(p.baseline) if p.baseline else {}, "weights": p.weights}


def _clusters(found: clusters.Clusters) -> dict[str, object]:
    return {"k": found.k, "why": found.why, "stability": found.stability, "sizes": [int(size) for size in found.sizes], "deviant": found.deviant}


def _cuts(scores: pd.DataFrame) -> dict[str, list[float]]:
    """The published cut points: the least recent spend of each fifth, and the least value of each tenth."""
    money = scores.groupby("monetary")["recent_spend"].min()
    value = scores.groupby("value_decile")["value"].min() if scores["value_decile"].notna().any() else pd.Series(dtype=float)
    return {"monetary": [float(v) for v in money.fillna(0)], "value": [float(v) for v in value.fillna(0)]}


def _checks(past: Past, model: Model) -> dict[str, list]:
    """How the fit sits on what it was fitted to: guests by repeat stays (0 to 7 and more), as they are and as it expects them."""
    if not model.speaks:
        return {}
    x, _, age = triple(past.now)
    actual = np.bincount(np.minimum(x, MOST_REPEATS).astype(int), minlength=MOST_REPEATS + 1)
    return {"actual": actual.tolist(), "expected": np.round(model.fit.frequencies(MOST_REPEATS, age)).tolist()}


def _tests(past: Past, model: Model) -> pd.DataFrame:
    """What the model of the cut foretold for each guest known then, and what came; no rows where there was no test."""
    columns = [c.name for c in tables.guest_tests.c]
    if model.test is None or model.test.why in ("few", "not_converged"):
        return pd.DataFrame(columns=columns)
    cut = past.cut
    chance = each(partial(model.former.returns, YEAR), cut).value
    return cut.assign(property_id=past.place, cluster=cut["guest_id"], expected_ppm=_ppm(each(partial(model.former.expected, YEAR), cut).value),
                      return_ppm=_ppm(chance), decile=_tenths(pd.Series(chance), cut["guest_id"]))[columns]
