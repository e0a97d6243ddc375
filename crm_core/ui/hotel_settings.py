"""The cards of the Settings page: tables that are edited in place; every saved row is one audited change."""

import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.records import hotel
from crm_core.records.registry import Stale
from crm_core.schema import CHANNEL_KINDS
from crm_core.telling import words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import filled, panel, small, told
from crm_core.ui.text import safe

BASIS = 100


def properties() -> None:
    """Properties, and from which day each offers how many rooms."""
    rows = look(hotel.properties)
    with panel(t("Properties"), t("Currency, margin rate for guest value, hours within which a case is answered"), height="content"):
        _table(
            "property",
            rows,
            {
                "code": st.column_config.TextColumn(t("Code"), disabled=True),
                "name": st.column_config.TextColumn(t("Name"), required=True),
                "city": st.column_config.TextColumn(t("City")),
                "country": st.column_config.TextColumn(t("Country")),
                "currency": st.column_config.TextColumn(t("Currency"), max_chars=3),
                "time_zone": st.column_config.TextColumn(t("Time zone")),
                "margin_bp": _per_cent(t("Margin")),
                "sla_hours": st.column_config.NumberColumn(t("Answer within, hours"), min_value=1),
            },
            new=("code", "name", "currency"),
        )
    names = {row["id"]: row["name"] for row in rows}
    with panel(
        t("Rooms by period"), t("Each row holds from its day until the next one of the same property; 0 while closed"), height="content"
    ):
        _table(
            "rooms_available",
            look(hotel.rooms),
            {
                "property_id": st.column_config.SelectboxColumn(
                    t("Property"), options=list(names), format_func=lambda i: names.get(i, str(i)), required=True
                ),
                "from_on": st.column_config.DateColumn(t("From"), required=True),
                "rooms": st.column_config.NumberColumn(t("Rooms"), min_value=0, required=True),
                "reason": st.column_config.TextColumn(t("Reason")),
            },
            new=("property_id", "from_on", "rooms"),
            removable=True,
        )


def _per_cent(label: str):
    """A rate is stored in basis points and shown in per cent."""
    return st.column_config.NumberColumn(label, min_value=0.0, max_value=100.0, step=0.01, format="%.2f %%")


def channels() -> None:
    """Channels with what a booking through them costs."""
    with panel(t("Channels"), t("What a booking through each costs, in per cent of its room revenue"), height="content"):
        _table(
            "channel",
            look(hotel.channels),
            {
                "code": st.column_config.TextColumn(t("Code"), disabled=True),
                "name": st.column_config.TextColumn(t("Name"), required=True),
                "kind": st.column_config.SelectboxColumn(t("Kind"), options=list(CHANNEL_KINDS), format_func=lambda k: t(words.KINDS[k])),
                "commission_bp": _per_cent(t("Commission")),
                "cost_bp": _per_cent(t("Marketing cost")),
            },
            new=("code", "name", "kind"),
        )


def rates() -> None:
    """Exchange rates by date."""
    currency = view().currency
    with panel(t("Exchange rates"), t("{currency} for one unit of a currency, from its day on", currency=currency), height="content"):
        _table(
            "exchange_rate",
            look(hotel.rates),
            {
                "currency": st.column_config.TextColumn(t("Currency"), max_chars=3, required=True),
                "from_on": st.column_config.DateColumn(t("From"), required=True),
                "rate": st.column_config.NumberColumn(t("Rate"), min_value=0.0, format="%.8g", required=True),
                "source": st.column_config.TextColumn(t("Source")),
            },
            new=("currency", "from_on", "rate"),
            removable=True,
        )


def as_of() -> None:
    """The first day that counts as not complete: fixed here, or derived from the data."""
    shown = view()
    fixed = shown.facts.get("as_of")
    with panel(t("As-of date"), t("The first day that is not complete; every figure is counted up to it"), height="content"):
        now = formats.date(shown.warehouse.version.as_of) if shown.warehouse else formats.DASH
        st.markdown(safe(t("In use: {day} ({how})", day=now, how=t("fixed") if fixed else t("derived from the data"))))
        day = st.date_input(t("Set it to"), dt.date.fromisoformat(fixed) if fixed else None, key="as_of_day", format="YYYY-MM-DD")
        with st.container(horizontal=True):
            st.button(t("Set"), key="as_of_fix", type=filled(), disabled=day is None, on_click=_set_as_of, args=(day,))
            st.button(t("Derive from the data"), key="as_of_derive", disabled=not fixed, on_click=_set_as_of, args=(None,))


def _set_as_of(day: dt.date | None) -> None:
    with told():
        act(hotel.set_setting, id="as_of", value=day.isoformat() if day else None)
        jobs.start_refresh(view().settings)


@st.fragment(run_every="2s")
def refresh() -> None:
    """Whether the figures follow the latest changes, and the way to make them."""
    shown = view()
    behind = shown.store.revision() - (shown.warehouse.version.revision if shown.warehouse else 0)
    running = jobs.is_refreshing(shown.settings)
    with panel(t("Figures and changes"), t("Pages read a finished version; changes reach it with a refresh"), height="content"):
        if running:
            st.markdown(f":material/progress_activity: {safe(t('A new version is being built; the pages keep showing the present one.'))}")
        else:
            st.markdown(safe(t("{n} changes are newer than the figures.", n=behind) if behind else t("The figures follow every change.")))
        st.button(t("Refresh now"), key="refresh_now", disabled=running or not behind, on_click=lambda: jobs.start_refresh(view().settings))
        if shown.warehouse and jobs.published(shown.settings) > shown.warehouse.version.number:
            st.rerun()


def _table(name: str, rows: list[dict], columns: dict, *, new: tuple[str, ...], removable: bool = False) -> None:
    """Draw a table that can be edited; what was changed is saved row by row on the button, and what is refused stays on the screen."""
    generation = st.session_state.get(f"{name}_saved", 0)
    key = f"edit_{name}_{generation}"
    # While something waits to be saved, rows and versions stay as they were read: another editor's change is then told, not lost.
    read = st.session_state[f"{name}_read"] if _waiting(st.session_state.get(key, {})) else rows
    st.session_state[f"{name}_read"] = read
    frame = pd.DataFrame(read, columns=list(columns))
    frame[_rates(columns)] = frame[_rates(columns)] / BASIS
    may = view().scope.may("settings")
    st.data_editor(
        frame,
        key=key,
        hide_index=True,
        column_order=list(columns),
        column_config=columns,
        disabled=not may,
        row_height=34,
        num_rows="dynamic" if removable and may else "add" if may else "fixed",
        alt=name,
    )
    edits = st.session_state.get(key, {})
    if _waiting(edits):
        small(safe(t("{n} rows are not saved yet.", n=_waiting(edits))))
        if st.button(t("Save"), key=f"save_{name}", type=filled()):
            with told():
                _save(name, read, edits, new)
                st.session_state[f"{name}_saved"] = generation + 1
                jobs.start_refresh(view().settings)
                st.rerun()


def _waiting(edits: dict) -> int:
    return sum(len(edits.get(kind, ())) for kind in ("edited_rows", "added_rows", "deleted_rows"))


def _rates(columns) -> list[str]:
    return [c for c in columns if c.endswith("_bp")]


def _stored(values: dict) -> dict:
    """Return edited values as the store keeps them."""
    return {name: round(value * BASIS) if name in _rates(values) and value is not None else value for name, value in values.items()}


def _save(name: str, read: list[dict], edits: dict, new: tuple[str, ...]) -> None:
    for index, values in edits.get("edited_rows", {}).items():
        _edit(name, read[int(index)], values)
    for index in edits.get("deleted_rows", []):
        row = read[int(index)]
        act(hotel.remove_row, table=name, id=row["id"], version=row["version"])
    for values in edits.get("added_rows", []):
        act(hotel.add_row, table=name, values=_stored({k: v for k, v in values.items() if v is not None} | {k: values.get(k) for k in new}))


def _edit(name: str, row: dict, values: dict) -> None:
    """Save a row, and keep the version that then stands: saving once more after the warning is meant."""
    try:
        row["version"] = act(hotel.edit_row, table=name, id=row["id"], version=row["version"], values=_stored(values))
    except Stale as told_by:
        row["version"] = told_by.current["version"]
        raise
