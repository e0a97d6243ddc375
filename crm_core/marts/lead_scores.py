"""mart_lead_models, mart_lead_tests and mart_lead_scores: how likely open leads are to book.

A property is judged by its own past where that is long enough, else by the past of all properties together. Only the weights of such a
group's score know of other properties; every row belongs to one.
"""
import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import add_days, days_between, iso_weekday
from crm_core.marts import tables
from crm_core.marts.leads import today
from crm_core.stats import lead_score

OPEN = ("enquiry", "qualified", "offer")
MILLION = 1_000_000
# The kind of a score that was fitted to all properties together.
GROUP = "group"


@cache
def looks() -> sa.Select:
    """Return the select of one row per lead that can teach or be scored, oldest first, with what was known when it was looked at.

    A lead of known outcome is looked at once, if it was still open then: seven of ten on their 2nd day, two on the 8th, one on the
    31st (its number decides, so that the choice knows nothing of the outcome); an open lead on the as-of date. Nothing that was said
    after the look is counted.
    """
    e, d = tables.leads, today
    digit = func.mod(e.c.lead_id, 10)
    age = case((digit < 7, 1), (digit < 9, 7), else_=30)
    is_open = e.c.stage.in_(OPEN) & (e.c.is_mature == 0)
    look_on = case((is_open, d.c.as_of), else_=add_days(e.c.created_on, age))
    looked = select(e, look_on.label("look_on"), case((is_open, 1), else_=0).label("is_open")).select_from(e.join(d, sa.true()))
    k = looked.where(e.c.is_counted == 1, e.c.created_on < d.c.as_of, is_open | (e.c.is_mature == 1)).subquery("looked").c
    still_open = k.closed_on.is_(None) | (k.closed_on >= k.look_on)
    columns = (k.lead_id, k.property_id, k.reservation_id, k.guest_id, k.country, k.created_on, k.is_open, k.is_converted, k.via, k.kind)
    known = (k.value, k.nights, k.party, k.is_returning, k.answered_minutes)
    waited = days_between(k.created_on, k.look_on)
    return select(
        *columns, *known, waited.label("age"), days_between(k.look_on, k.arrival_on).label("ahead"),
        func.coalesce(_messages(k), 0).label("messages"), (iso_weekday(k.created_on) - 1).label("weekday"),
    ).where((k.is_open == 1) | still_open).order_by(k.created_on, k.lead_id)  # fmt: skip


def _messages(k) -> sa.ScalarSelect:
    """What the guest had said before the look."""
    i = tables.interactions.c
    before = (i.lead_id == k.lead_id) & (i.direction == "in") & (i.said_on < k.look_on)
    return select(func.count()).where(before).correlate(k.lead_id.table).scalar_subquery()


def scored(frame: pd.DataFrame) -> dict[sa.Table, pd.DataFrame]:
    """Return the rows of the three marts from the rows of `looks`."""
    taught = frame[frame["is_open"] == 0]
    together = _Past(taught, lead_score.fit(_features(taught), taught["is_converted"].to_numpy()), GROUP)
    parts = [_property(int(place), rows, together) for place, rows in frame.groupby("property_id", sort=True)]
    found = {tables.lead_models: [m for m, _, _ in parts], tables.lead_tests: [t for _, t, _ in parts], tables.lead_scores: [s for _, _, s in parts]}
    return {table: pd.concat(frames, ignore_index=True) for table, frames in found.items() if frames}


@dataclass(frozen=True)
class _Past:
    """Leads of known outcome, what was fitted to them, and how that is called."""

    taught: pd.DataFrame
    fitted: lead_score.Fitted
    called: str

    def tested(self) -> pd.DataFrame:
        """One row per lead of the test with its score, its tenth and the errors of the score and of the usual share."""
        test = self.fitted.test
        if test is None:
            return self.taught.iloc[:0].assign(score=0.0, decile=0, error=0.0, base_error=0.0)
        rows = self.taught.iloc[len(self.taught) - len(test.score):]
        won = rows["is_converted"].to_numpy()
        return rows.assign(score=test.score, decile=test.decile, error=(test.score - won) ** 2, base_error=(test.usual - won) ** 2)


def _property(place: int, rows: pd.DataFrame, together: _Past) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    taught, waiting = rows[rows["is_open"] == 0], rows[rows["is_open"] == 1]
    past = _Past(taught, fitted := lead_score.fit(_features(taught), taught["is_converted"].to_numpy()), fitted.kind)
    if past.called != lead_score.MODEL and together.fitted.kind == lead_score.MODEL:
        past = together
    tested = past.tested()
    tested = tested[tested["property_id"] == place]
    return _model(place, past.called, taught, tested), _tests(tested), _scores(place, past, waiting)


def _model(place: int, kind: str, taught: pd.DataFrame, tested: pd.DataFrame) -> pd.DataFrame:
    any_test = len(tested) > 0
    return pd.DataFrame({
        "property_id": [place], "kind": [kind], "mature": [len(taught)], "converted": [int(taught["is_converted"].sum())],
        "tested": [len(tested)], "brier": [tested["error"].mean()], "base_brier": [tested["base_error"].mean()],
        "tested_from": [tested["created_on"].min() if any_test else None], "tested_to": [tested["created_on"].max() if any_test else None],
        "version": [lead_score.VERSION],
    })  # fmt: skip


def _tests(tested: pd.DataFrame) -> pd.DataFrame:
    columns = ["lead_id", "property_id", "reservation_id", "guest_id", "country", "created_on", "is_converted", "score", "decile"]
    return tested[columns].assign(cluster=tested["lead_id"], squared_error=np.rint(tested["error"] * MILLION).astype(int))


def _scores(place: int, past: _Past, waiting: pd.DataFrame) -> pd.DataFrame:
    """One row per open lead; none where the past is too short for any score."""
    fitted = past.fitted
    if fitted.kind == lead_score.NONE or waiting.empty:
        waiting = waiting.iloc[:0]
    said = lead_score.score(fitted, _features(waiting))
    return pd.DataFrame({
        "lead_id": waiting["lead_id"], "property_id": place, "kind": past.called, "score": said.score, "low": said.low, "high": said.high,
        "decile": said.decile, "reasons": [json.dumps(reasons) for reasons in said.reasons],
    })  # fmt: skip


def _features(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """What a lead is judged by, as the arrays that the statistics take; NaN where it is not known."""
    number = lambda name: rows[name].to_numpy(float, na_value=np.nan)  # noqa: E731
    answered = number("answered_minutes")
    return {
        "via": rows["via"].to_numpy(str), "kind": rows["kind"].to_numpy(str), "value": number("value"), "nights": number("nights"),
        "party": number("party"), "ahead": number("ahead"), "age": number("age"), "messages": number("messages"),
        "weekday": number("weekday"), "country": rows["country"].notna().to_numpy(float), "returning": number("is_returning"),
        # An answer that came after the look was not known then.
        "answered": np.where(answered < number("age") * 24 * 60, answered, np.nan),
    }  # fmt: skip
