"""What a house gives to a benchmark: chosen, looked at line by line before it leaves, confirmed, and written as a file under a pseudonym."""
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association.benchmarks import K, Line, contribution
from crm_core.i18n import N_, language, t
from crm_core.metrics import metric
from crm_core.records import benchmarks as records
from crm_core.scope import Period, Scope
from crm_core.telling.figures import value_text
from crm_core.ui import benchmarks_words as words
from crm_core.ui.benchmarks import MAY, plainly
from crm_core.ui.load import lent, load, view
from crm_core.ui.parts import filled, panel, small, table_height
from crm_core.ui.text import plain, safe

FILE = "innsight-contribution.json"
UNWRITTEN = "0" * 16  # stands for the pseudonym while the file is only looked at
UNITS = {"share": N_("share"), "ratio": N_("ratio"), "nights": N_("nights"), "days": N_("days"), "hours": N_("hours"), "count": N_("count"), "index": N_("index")}
Withheld = Sequence[tuple[str, str]]


@st.fragment
def give() -> None:
    """Choose who gives which figures of which days, see exactly what would leave, and make the file."""
    if not (view().scope.may(MAY) and view().scope.properties):
        return
    with panel(t("Give to a benchmark"), t("Sums of figures under a random number · no name, no guest, nothing of fewer than {k} guests", k=K)):
        scope, keys = _choice()
        asked = (scope.properties, scope.period, keys)
        if st.button(t("Show what would leave"), icon=":material/preview:", key="give_look", disabled=not keys):
            st.session_state["giving"] = asked
        if st.session_state.get("giving") == asked and keys:
            _looked_at(scope, keys)
        else:
            small(safe(t("Nothing leaves before you have seen it line by line and said so.")), grey=True)


def _choice() -> tuple[Scope, tuple[str, ...]]:
    shown = view()
    names = {int(n): plain(str(name)) for n, name in load("properties").set_index("property_id")["name"].items() if n in shown.scope.properties}
    houses: dict[tuple[int, ...], str] = {(n,): name for n, name in names.items()}
    if len(names) > 1:
        houses[tuple(names)] = t("All {n} together, as one", n=formats.count(len(names)))
    spans = words.spans(shown.scope.as_of, shown.warehouse.version.history_from) | {"above": shown.scope.elapsed().period}
    left, right = st.columns(2)
    house = left.selectbox(t("House that gives"), list(houses), format_func=houses.get, key="give_house")
    span = right.selectbox(t("Days"), list(spans), format_func=lambda code: _span_name(code, spans[code]), key="give_days")
    there = words.givable()
    keys = st.multiselect(t("Figures"), there, [key for key in words.GIVEN if key in there], format_func=words.kpi_name, key="give_keys")
    return replace(plainly(shown.scope), properties=house or next(iter(houses)), period=spans[span]), tuple(keys)


def _span_name(code: str, span: Period) -> str:
    days = formats.period(span.start, span.end)
    return t("As above: {days}", days=days) if code == "above" else days


# --- what would leave --------------------------------------------------------------------------------------------------------------
def _looked_at(scope: Scope, keys: tuple[str, ...]) -> None:
    lines = [Line(row.key, row.unit, float(row.numerator), float(row.denominator), int(row.n), int(row.guests))
             for row in load("contribution_lines", scope, keys=keys).itertuples()]
    given, withheld = contribution(lines, code=UNWRITTEN, from_on=scope.period.start, to_on=scope.period.end, currency=view().currency)
    st.markdown(f"**{safe(words.leaving(len(given.lines), len(withheld)))}**")
    if given.lines:
        _table(given.lines)
        small(safe(t("With them go: the days {days}, the currency {currency}, and a random number of sixteen digits that is always the same for this house. "
                     "Nothing else is in the file.", days=formats.period(scope.period.start, scope.period.end), currency=view().currency)), grey=True)
    _staying(withheld)
    if given.lines:
        _confirm(scope, lines)


def _table(lines: Sequence[Line]) -> None:
    """The lines as they stand in the file, with the value that they come to."""
    rows = pd.DataFrame({
        t("Figure"): [words.kpi_name(one.key) for one in lines], t("Value"): [_value(one) for one in lines],
        t("Numerator"): [_number(one.numerator) for one in lines], t("Denominator"): [_number(one.denominator) for one in lines],
        t("Unit"): [_unit(one) for one in lines], t("Cases"): [formats.count(one.n) for one in lines], t("Guests"): [formats.count(one.guests) for one in lines]})
    st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows), 12), alt=t("What would leave the house"))


def _value(one: Line) -> str:
    return value_text(metric(one.key), one.numerator / one.denominator, view().currency)


def _number(x: float) -> str:
    return formats.decimal(x, 0 if x == int(x) else 2)


def _unit(one: Line) -> str:
    if one.unit == "money":
        return t("{currency} / {part}", currency=view().currency, part=formats.count(10 ** formats.exponent(view().currency)))
    return t(UNITS.get(one.unit, one.unit))


def _staying(withheld: Withheld) -> None:
    for key, why in withheld:
        small(f":material/lock: {safe(t('{name} stays here: {why}', name=words.kpi_name(key), why=why))}")


def _confirm(scope: Scope, lines: list[Line]) -> None:
    tag = hash((scope.properties, scope.period, tuple(lines)))  # what was agreed to is exactly this
    agreed = st.checkbox(t("I have looked at every line: this may leave the house"), key=f"give_agreed_{tag}")
    st.download_button(t("Make the file"), data=_written(scope, lines), file_name=FILE, mime="application/json", on_click="ignore", icon=":material/download:",
                       disabled=not agreed, type=filled() if agreed else "secondary", key="give_file")


def _written(scope: Scope, lines: list[Line]):
    """Return what writes the file on the click, which leaves an audit row."""
    shown, spoken = view(), language()

    def build() -> bytes:
        with lent(shown, spoken):
            days = scope.period
            return records.contribute(shown.store, scope, lines=lines, from_on=days.start, to_on=days.end, currency=shown.currency)[0]

    return build
