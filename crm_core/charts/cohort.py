"""Cohorts as rows and time since the first stay as columns: how many came back, blank where it is too early to say."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.heat import heat


def cohort(
    mode: str,
    columns: Sequence[str],
    rows: Sequence[str],
    sizes: Sequence[str],
    values: Sequence[Sequence[Any]],
    texts: Sequence[Sequence[str]],
    *,
    few: Sequence[Sequence[bool]] | None = None,
    keys: Sequence[Sequence[Any]] | None = None,
    corner: str = "",
    height: int | None = None,
) -> dict:
    """A Plotly figure of one row of cells per cohort, oldest first; values, texts, few and keys hold one list per cohort, one entry per column.

    sizes: guests of each cohort as text, in grey beside its name. values: numbers, None where the cohort has not been watched long enough (blank).
    few: cells below the least n, grey. keys: make cells selectable. corner: what the columns count ("months"), so that they can be bare numbers.
    Up to 12 columns fit a phone. One scale from zero serves all cohorts, so that a colour means the same everywhere.
    """
    return heat(mode, columns, rows, values, texts, notes=sizes, few=few, keys=keys, corner=corner, height=height)
