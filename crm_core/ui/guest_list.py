"""The search box and the list of guests, with the preview of the one that is ticked."""

import math

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import N_, t, tn
from crm_core.queries.guests import SORTS
from crm_core.records.guests import SHORTEST_SEARCH, card, names
from crm_core.records.guests import search as find
from crm_core.records.timeline import timeline, wish_text
from crm_core.ui import states
from crm_core.ui.filters import one
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, downloads, guest_link, panel, small, table_height
from crm_core.ui.text import plain, safe

PAGE_ROWS = 50
RECENT = 6
SORT_NAMES = {
    "last_departure_on": N_("Latest departure"),
    "stays": N_("Most stays"),
    "nights": N_("Most nights"),
    "spend": N_("Highest spend"),
    "next_arrival_on": N_("Next arrival"),
    "first_departure_on": N_("Latest first stay"),
}
COLUMNS = {
    "name": N_("Guest"),
    "country": N_("Country"),
    "stays": N_("Stays"),
    "nights": N_("Nights"),
    "spend": N_("Spend to date"),
    "first_departure_on": N_("First departure"),
    "last_departure_on": N_("Last departure"),
    "next_arrival_on": N_("Next arrival"),
    "email_consent": N_("Consent"),
    "language": N_("Language"),
    "properties": N_("Properties"),
}
SHOWN = ("name", "country", "stays", "nights", "spend", "last_departure_on", "next_arrival_on", "email_consent")
HISTORY = {
    "any": N_("Any number of stays"),
    "1": N_("Stayed at least once"),
    "2": N_("Stayed at least twice"),
    "5": N_("Five stays or more"),
}
CONSENT = {"any": N_("Any consent"), "yes": N_("E-mail consent given"), "no": N_("No e-mail consent")}
WHEN = {"ever": N_("Ever"), "period": N_("With a stay in the period")}


@st.fragment
def search() -> None:
    """Find a guest while typing: name, e-mail address, phone or confirmation number."""
    shown = view()
    if not shown.scope.may("contact"):
        return
    text = st.text_input(
        t("Find a guest"),
        key="find",
        type="search",
        placeholder=t("Name, e-mail, phone or confirmation number"),
        icon=":material/search:",
        label_visibility="collapsed",
        live="200ms",
    )
    if len((text or "").strip()) < SHORTEST_SEARCH:
        return
    hits = look(find, text=text, limit=8)
    with st.container(border=True, gap="xxsmall"):
        for hit in hits:
            who, what = st.columns([1, 1.62], vertical_alignment="center")
            with who:
                guest_link(hit.guest_id, hit.name, width="stretch")
            with what:
                small(
                    safe(
                        " · ".join(
                            filter(None, (hit.confirmation, hit.email, hit.phone, formats.territory(hit.country) if hit.country else None))
                        )
                    ),
                    grey=True,
                )
        if not hits:
            small(safe(t("Nobody is found under this. Try the beginning of the surname, or a confirmation number.")))


def listing() -> None:
    """The list with its own filters; a ticked row shows a preview."""
    chosen = _filters()
    total = load("guest_count", **{k: v for k, v in chosen.items() if k != "sort"}).iloc[0]
    if not total["guests"]:
        states.no_stays()
        return
    page = min(st.session_state.get("guest_page", 1), math.ceil(total["guests"] / PAGE_ROWS))
    frame = load("guest_list", **chosen, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS)
    _table(frame, int(total["guests"]), chosen)


def _filters() -> dict:
    with st.grid(5, min_column_width=150, gap="xsmall"):
        sort = one("sort", t("Sort by"), {k: SORT_NAMES[k] for k in SORTS})
        stays = one("history", t("History"), HISTORY)
        consent = one("consent", t("Consent"), CONSENT)
        when = one("when", t("When"), WHEN)
        country = st.text_input(
            t("Country code"),
            key="country",
            bind="query-params",
            max_chars=2,
            placeholder=t("Country, e.g. PT"),
            label_visibility="collapsed",
        )
    return {
        "sort": sort,
        "stays_from": 0 if stays == "any" else int(stays),
        "consent": None if consent == "any" else consent,
        "in_period": when == "period",
        "country": (country or "").strip().upper() or None,
    }


def _table(frame: pd.DataFrame, total: int, chosen: dict) -> None:
    columns = st.session_state.get("columns") or list(SHOWN)
    table = _words(frame)[[t(COLUMNS[c]) for c in COLUMNS if c in columns]]
    list_side, preview_side = st.columns([1.62, 1])
    with list_side:
        picked = st.dataframe(
            table,
            hide_index=True,
            row_height=34,
            height=table_height(len(table)),
            key="guest_rows",
            on_select="rerun",
            selection_mode="single-row",
            column_config=_widths(),
            alt=t("Guests, {sort} first", sort=t(SORT_NAMES[chosen["sort"]])),
        ).selection.rows
        _under(len(frame), total, chosen, list(table.columns))
    with preview_side:
        row = picked[0] if picked and picked[0] < len(frame) else 0
        preview(int(frame["guest_id"].iloc[row]))


def _widths() -> dict:
    right = {"spend": 96, "stays": 66, "nights": 70, "properties": 84}
    left = {"name": 126, "country": 96, "last_departure_on": 112, "first_departure_on": 112, "next_arrival_on": 108, "email_consent": 84}
    return {
        **{t(COLUMNS[c]): st.column_config.Column(width=w) for c, w in left.items()},
        **{t(COLUMNS[c]): st.column_config.Column(width=w, alignment="right") for c, w in right.items()},
    }


def _words(frame: pd.DataFrame) -> pd.DataFrame:
    currency = view().currency
    known = look(names, ids=tuple(int(i) for i in frame["guest_id"])) if view().scope.may("contact") else {}
    date = lambda d: formats.date(d) if pd.notna(d) else ""  # noqa: E731
    return pd.DataFrame(
        {
            t(COLUMNS["name"]): [plain(known.get(int(i))) or t("Guest {id}", id=int(i)) for i in frame["guest_id"]],
            t(COLUMNS["country"]): [formats.territory(c) if isinstance(c, str) else "" for c in frame["country"]],
            t(COLUMNS["stays"]): frame["stays"],
            t(COLUMNS["nights"]): frame["nights"],
            t(COLUMNS["spend"]): [formats.money(s, currency) for s in frame["spend"]],
            t(COLUMNS["first_departure_on"]): frame["first_departure_on"].map(date),
            t(COLUMNS["last_departure_on"]): frame["last_departure_on"].map(date),
            t(COLUMNS["next_arrival_on"]): frame["next_arrival_on"].map(date),
            t(COLUMNS["email_consent"]): [t("yes") if c else t("no") for c in frame["email_consent"]],
            t(COLUMNS["language"]): [formats.language_name(c) if isinstance(c, str) else "" for c in frame["language"]],
            t(COLUMNS["properties"]): frame["properties"],
        }
    )


def _under(rows: int, total: int, chosen: dict, columns: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.pagination(max(1, math.ceil(total / PAGE_ROWS)), key="guest_page")
        first = (st.session_state.get("guest_page", 1) - 1) * PAGE_ROWS + 1
        st.markdown(
            f":small[:gray[{safe(t('{first}–{last} of {total}', first=formats.count(first), last=formats.count(first + rows - 1), total=formats.count(total)))}]]",
            width="stretch",
        )
        with st.popover(t("Columns"), icon=":material/view_column:"):
            st.multiselect(
                t("Columns"),
                list(COLUMNS),
                default=list(SHOWN),
                format_func=lambda c: t(COLUMNS[c]),
                key="columns",
                label_visibility="collapsed",
            )
        downloads(
            "guests",
            columns,
            lambda: list(_words(load("guest_list", **chosen, limit=exports.MOST_ROWS))[columns].itertuples(index=False, name=None)),
        )


def preview(guest: int) -> None:
    """A guest in a few lines beside the list, with the latest events."""
    may = view().scope.may("contact")
    person, figures = look(card, id=guest) if may else None, load("guest_figures", guest=guest)
    stays = int(figures["stays"].sum())
    said = _joined(tn("{n} stay", "{n} stays", stays), t("{amount} to date", amount=formats.money(figures["spend"].sum(), view().currency)))
    with panel(plain(person["name"]) if person else t("Guest {id}", id=guest), said):
        for line in _lines(person, figures):
            small(safe(line))
        for event in (look(timeline, guest=guest) if may else [])[:RECENT]:
            st.markdown(f":small[:gray[{safe(formats.date(event.on))}]] :material/{event.icon}: :small[{safe(event.head)}]")
        st.space("stretch")
        st.page_link(
            PAGES / "guest.py",
            label=t("Open profile"),
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"guest": str(guest)},
        )


def _joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))


def _lines(person: dict | None, figures: pd.DataFrame) -> list[str]:
    """Contact, next arrival and wishes, where they are known."""
    following = figures["next_arrival_on"].dropna()
    if person is None:
        return []
    wishes = ", ".join(wish_text(w) for w in person["preferences"])
    return [
        line
        for line in (
            _joined(person["email"], person["phone"]),
            formats.territory(person["country"]) if person["country"] else None,
            wishes,
            t("Arrives {day}", day=formats.date(following.min())) if len(following) else None,
        )
        if line
    ]
