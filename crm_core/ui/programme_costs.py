"""What a programme costs a property, month by month and kind by kind, edited in place; every saved amount is one audited change."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import N_, t
from crm_core.records import hotel
from crm_core.records import programme as records
from crm_core.records.registry import Stale
from crm_core.schema import PROGRAMME_COSTS
from crm_core.scope import months_back
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.text import safe

KINDS = {"fees": N_("Fees"), "benefits": N_("Benefits"), "staff": N_("Staff"), "other": N_("Other")}
MONTHS = 24
Cell = tuple[dt.date, str]  # month, kind


def card(row: dict) -> None:
    """The costs of one property in the last two years, in one currency; an amount in another is replaced when it is written over."""
    places = {place["id"]: place for place in look(hotel.properties)}
    if not places:
        return
    with panel(t("Costs by month"), t("Fees, benefits, staff and other costs; points are counted when they are redeemed"), height="content"):
        with st.container(horizontal=True):
            place = st.selectbox(t("Property"), list(places), format_func=lambda id_: places[id_]["name"], key="cost_property", width=280)
            stands = _standing(row["id"], place)
            currencies = list(dict.fromkeys([*_usual(stands, places[place]["currency"]), places[place]["currency"]]))
            currency = st.selectbox(t("Currency"), currencies, key=f"cost_currency_{place}", width=140)
        _table(row, place, currency, stands)


def _standing(programme_id: int, place: int) -> dict[Cell, dict]:
    rows = look(records.costs, programme_id=programme_id)
    return {(one["month_on"], one["kind"]): one for one in rows if one["property_id"] == place}


def _usual(stands: dict[Cell, dict], own: str) -> list[str]:
    """The currencies that are in use, that of the latest month first."""
    return list(dict.fromkeys(stands[cell]["currency"] for cell in sorted(stands, reverse=True))) or [own]


def grid(stands: dict[Cell, dict], months: list[dt.date], currency: str) -> list[dict]:
    """Return a row for each month with the amounts by kind in units of a currency; None where nothing stands in it."""
    whole = 10 ** formats.exponent(currency)
    amount = lambda one: one["amount_minor"] / whole if one and one["currency"] == currency else None  # noqa: E731
    return [{"month": month, **{kind: amount(stands.get((month, kind))) for kind in PROGRAMME_COSTS}} for month in months]


def _table(row: dict, place: int, currency: str, stands: dict[Cell, dict]) -> None:
    name = f"costs_{row['id']}_{place}_{currency}"
    key = f"edit_{name}_{st.session_state.get(f'{name}_saved', 0)}"
    # While something waits to be saved, amounts and versions stay as they were read: another editor's change is then told, not lost.
    read = st.session_state[f"{name}_read"] if _edits(key) else stands
    st.session_state[f"{name}_read"] = read
    months = [months_back(view().scope.as_of, back) for back in range(MONTHS)]
    may = view().scope.may("settings")
    columns = {kind: st.column_config.NumberColumn(t(KINDS[kind]), min_value=0.0, format="%.2f") for kind in PROGRAMME_COSTS}
    frame = pd.DataFrame(grid(read, months, currency)).astype(dict.fromkeys(PROGRAMME_COSTS, "Float64"))
    frame["month"] = [formats.month(month) for month in months]
    st.data_editor(frame, key=key, hide_index=True, disabled=["month"] if may else True, row_height=34, height=34 * 13 + 2, alt=t("Costs by month"), placeholder="",
                   column_config={"month": st.column_config.TextColumn(t("Month"), pinned=True), **columns})  # fmt: skip
    small(safe(_sum(read, months[1:13], currency)), grey=True)
    if edits := _edits(key):
        small(safe(t("{n} months are not saved yet.", n=len(edits))))
        if st.button(t("Save costs"), key=f"save_{name}"):
            with told():
                _save(row["id"], place, currency, read, months, edits)
                st.session_state[f"{name}_saved"] = st.session_state.get(f"{name}_saved", 0) + 1
                jobs.start_refresh(view().settings)
                st.rerun()


def _edits(key: str) -> dict:
    return st.session_state.get(key, {}).get("edited_rows", {})


def _sum(stands: dict[Cell, dict], months: list[dt.date], currency: str) -> str:
    inside = [one for (month, _), one in stands.items() if month in months]
    total = sum(one["amount_minor"] for one in inside if one["currency"] == currency)
    others = len([one for one in inside if one["currency"] != currency])
    said = t("Last 12 complete months: {amount}", amount=formats.money(total, currency))
    return f"{said} · {t('{n} amounts stand in another currency', n=formats.count(others))}" if others else said


def _save(programme_id: int, place: int, currency: str, read: dict[Cell, dict], months: list[dt.date], edits: dict) -> None:
    """Save the cells that were changed; an emptied one becomes a nought."""
    whole = 10 ** formats.exponent(currency)
    for index, changed in edits.items():
        for kind, amount in changed.items():
            _write(read, (months[int(index)], kind), {"programme_id": programme_id, "property_id": place, "currency": currency,
                                                      "amount_minor": round((amount or 0) * whole)})  # fmt: skip


def _write(read: dict[Cell, dict], cell: Cell, values: dict) -> None:
    """Save a cell, and keep the version that then stands: saving once more after the warning is meant."""
    version = read.get(cell, {}).get("version", 0)
    try:
        act(records.set_cost, month_on=cell[0], kind=cell[1], version=version, **values)
        read[cell] = {**values, "version": version + 1}
    except Stale as told_by:
        read[cell] = told_by.current
        raise
