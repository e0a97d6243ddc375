"""Groups of several dimensions as one text each: told apart in SQL by columns, joined here, after the counting."""
import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_core.metrics.dimensions import Dimension, Part, Split, parts_of

By = str | Split | None
SEPARATOR, UNKNOWN, ANY = "\x1f", "\x00", "\x01"
Axes = Sequence[Dimension | Part]


def fitting(by: By, mart: sa.Table, dated: bool = True) -> list[Dimension | Part]:
    """Return those parts of a split that a mart's rows can tell apart."""
    return [part for part in parts_of(by) if part.fits(mart, dated)]


def columns(axes: Axes, rows: sa.sql.ColumnCollection, day: sa.ColumnElement | None) -> list[sa.ColumnElement]:
    """Return the grouping columns of a split, each under its key."""
    return [axis.of(rows, day).label(axis.key) for axis in axes]


def groups_of(frame: pd.DataFrame, by: By) -> pd.Series:
    """Return the group of each row of a frame with grouping columns: bare for one dimension, for several a text that parts() reads.

    Where the frame does not tell a part apart, its place holds ANY.
    """
    if not isinstance(by, Split):
        return frame[by] if by in frame else pd.Series(np.full(len(frame), None, object), frame.index)
    texts = [_texts(frame[part.key], part) if part.key in frame else pd.Series(ANY, frame.index, dtype=object) for part in by.parts]
    return pd.Series([SEPARATOR.join(one) for one in zip(*texts, strict=True)] if texts else [], frame.index, dtype=object)


def seen_by(groups: np.ndarray, by: By, axes: Axes) -> np.ndarray:
    """Return the groups as rows know them that tell only `axes` apart: what stands beside several groups is found by this."""
    if not isinstance(by, Split):
        return groups if axes else np.full(len(groups), None, object)
    known = [part in axes for part in by.parts]
    if all(known):
        return groups
    pieces = (group.split(SEPARATOR) for group in groups)
    return np.array([SEPARATOR.join(p if k else ANY for p, k in zip(piece, known, strict=True)) for piece in pieces], object)


def without(groups: np.ndarray, by: By, dimension: str) -> np.ndarray | None:
    """Return the groups without what a dimension tells apart, or None where the split does not name it."""
    axes = parts_of(by)
    if not any(getattr(axis, "dimension", axis.key) == dimension for axis in axes):
        return None
    if not isinstance(by, Split):
        return np.zeros(len(groups), int)
    return seen_by(groups, by, [part for part in by.parts if part.dimension != dimension])


def margin_of(groups: pd.Series, split: Split, some: Split) -> pd.Series:
    """Return the groups of a split by some of its parts."""
    at = [split.parts.index(part) for part in some.parts]
    codes, texts = pd.factorize(groups)
    shorter = [SEPARATOR.join(pieces[i] for i in at) for pieces in (text.split(SEPARATOR) for text in texts)]
    return pd.Series(np.array(shorter, object)[codes], groups.index)


def pieces(group: str) -> tuple[object, ...]:
    """Return the bare values of a group's parts: text, whole number, date or None."""
    return tuple(_value(text) for text in group.split(SEPARATOR))


def _texts(found: pd.Series, part: Part) -> pd.Series:
    """The text of each value; each distinct one is looked at once."""
    codes, values = pd.factorize(found, use_na_sentinel=False)
    texts = np.array([_text(part.bare(value)) for value in values] or [""], object)
    return pd.Series(texts[codes] if len(codes) else [], found.index, dtype=object)


def _text(value: object) -> str:
    """A value with a letter for its kind, so that 1 is not "1" and what is not known is not the empty text."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return f"s{value}"
    return f"d{value.isoformat()}" if hasattr(value, "isoformat") else f"i{int(value)}"


def _value(text: str) -> object:
    if text in (UNKNOWN, ANY):
        return None
    return {"s": str, "d": dt.date.fromisoformat, "i": int}[text[0]](text[1:])
