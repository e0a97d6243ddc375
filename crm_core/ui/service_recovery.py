"""Recovery: who comes back after a complaint, by how fast it was solved, raw and among those alike, with what it cannot say."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t
from crm_core.ui import service_words as words
from crm_core.ui.load import load
from crm_core.ui.parts import chart, mode, panel, small, table_height
from crm_core.ui.text import safe


def card() -> None:
    """The share that came again by group, the contrast of fast and slow, the next score, and the warning."""
    found, contrast = load("recovery"), load("recovery_contrast").iloc[0]
    title = words.recovery_title(contrast)
    with panel(title, t("Share of stays after which the guest came again within a year, with 95% interval · stays that ended a year ago or earlier")):
        enough = found["stays"] >= words.LEAST
        hundred = lambda column: (100 * found[column]).where(enough)  # noqa: E731
        names = [t(words.GROUPS[group]) for group in found["group"]]
        tones = ["line" if group == "none" else "accent" for group in found["group"]]
        chart(interval.forest(mode(), names, hundred("rate"), hundred("low"), hundred("high"), [words.returned(r) for r in found.itertuples()], tones=tones,
                              say=lambda x: formats.percent(x / 100, 0)), title, key="recovery")
        st.markdown(f":orange[:material/warning:] {safe(words.warning(contrast))}")
        _contrast(contrast)
        _beside(found, names)


def _contrast(row) -> None:
    """Fast minus slow: as it is, and among stays alike in how bad it was, the property, and whether it was a first stay."""
    if row.verdict == "few":
        return
    raw, alike = words.contrast(row)
    left, right = st.columns(2)
    with left:
        st.metric(t("Fast minus slow, as it is"), raw)
    with right:
        st.metric(t("Fast minus slow, among those alike"), alike)
    small(safe(t("Alike: as bad, the same property, a first stay or not · {fast} stays solved fast, {slow} slowly", fast=formats.count(row.n),
                 slow=formats.count(row.others))), grey=True)


def _beside(found: pd.DataFrame, names: list[str]) -> None:
    """Each group beside guests without a complaint, raw and matched, and the score of the next stay."""
    few = found["stays"] < words.LEAST
    told = lambda value, low, high: [formats.DASH if f else words.against(*v) for f, *v in zip(few, found[value], found[low], found[high], strict=True)]  # noqa: E731
    score = [t("{score} of 10", score=formats.decimal(s / 10)) + f" · {formats.n(int(n))}" if n >= words.LEAST else t("{n} of {least}", n=int(n), least=words.LEAST)
             for s, n in zip(found["score"], found["scored"], strict=True)]
    rows = pd.DataFrame({t("Group"): names, t("Against no complaint, as it is"): told("raw", "raw_low", "raw_high"),
                         t("Among those alike"): told("matched", "matched_low", "matched_high"), t("Score of the next stay"): score})
    st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows)), alt=t("Who came back after a complaint, beside guests without one"))
