"""mart_lead_models, mart_lead_tests and mart_lead_scores: how likely open leads are to book, each property judged by its own past."""
import json

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


def looks() -> sa.Select:
    """Return the select of one row per lead that can teach or be scored, oldest first, with what was known when it was looked at.

    A lead of known outcome is looked at once, on its 2nd, 8th or 31st day (its number decides), if it was still open then; an open
    lead on the as-of date. Nothing that was said later is counted.
    """
    e, d = tables.leads, today
    age = case((func.mod(e.c.lead_id, 3) == 0, 1), (func.mod(e.c.lead_id, 3) == 1, 7), else_=30)
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
    """Return the rows of the three marts from the rows of `looks`: each property is fitted, tested and scored by itself."""
    parts = [_property(int(place), rows.reset_index(drop=True)) for place, rows in frame.groupby("property_id", sort=True)]
    found = {tables.lead_models: [m for m, _, _ in parts], tables.lead_tests: [t for _, t, _ in parts], tables.lead_scores: [s for _, _, s in parts]}
    return {table: pd.concat(frames, ignore_index=True) for table, frames in found.items() if frames}


def _property(place: int, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    taught, waiting = rows[rows["is_open"] == 0], rows[rows["is_open"] == 1]
    features, won = _features(taught), taught["is_converted"].to_numpy()
    fitted = lead_score.fit(features, won)
    tested = taught.iloc[len(taught) - len(fitted.test.score):] if fitted.test else taught.iloc[:0]
    return _model(place, fitted, len(taught), int(won.sum()), tested), _tests(fitted, tested), _scores(place, fitted, waiting)


def _model(place: int, fitted: lead_score.Fitted, mature: int, converted: int, tested: pd.DataFrame) -> pd.DataFrame:
    test = fitted.test
    return pd.DataFrame({
        "property_id": [place], "kind": [fitted.kind], "mature": [mature], "converted": [converted], "tested": [len(tested)],
        "brier": [test.brier if test else None], "base_brier": [test.base_brier if test else None],
        "tested_from": [tested["created_on"].min() if test else None], "tested_to": [tested["created_on"].max() if test else None],
        "version": [lead_score.VERSION],
    })  # fmt: skip


def _tests(fitted: lead_score.Fitted, tested: pd.DataFrame) -> pd.DataFrame:
    score = fitted.test.score if fitted.test else np.empty(0)
    decile = fitted.test.decile if fitted.test else np.empty(0, int)
    error = np.rint((score - tested["is_converted"].to_numpy()) ** 2 * MILLION).astype(int)
    return tested[["lead_id", "property_id", "reservation_id", "guest_id", "country", "created_on", "is_converted"]].assign(
        cluster=tested["lead_id"], score=score, decile=decile, squared_error=error)


def _scores(place: int, fitted: lead_score.Fitted, waiting: pd.DataFrame) -> pd.DataFrame:
    """One row per open lead; none where the past of the property is too short for any score."""
    if fitted.kind == lead_score.NONE or waiting.empty:
        waiting = waiting.iloc[:0]
    said = lead_score.score(fitted, _features(waiting))
    return pd.DataFrame({
        "lead_id": waiting["lead_id"], "property_id": place, "kind": fitted.kind, "score": said.score, "low": said.low, "high": said.high,
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
