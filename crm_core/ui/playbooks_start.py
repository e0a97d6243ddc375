"""A playbook begun at a property: it becomes a decision with what is expected by when, and those under way say how they stand."""
import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from crm_core import formats
from crm_core.association import playbooks as association
from crm_core.association.playbooks import Playbook, Stop
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE
from crm_core.records import decisions
from crm_core.records import playbooks as records
from crm_core.scope import Period, Scope
from crm_core.ui import playbooks_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, filled, panel, small, told
from crm_core.ui.playbooks_words import Standing
from crm_core.ui.text import plain, safe

BEFORE = dt.timedelta(365)  # what a figure was at the start: over the year before it
Told = tuple[float | None, float | None, float | None]  # value, low, high


def free(at: list[Standing], going: list[dict]) -> dict[int, Standing]:
    """Return the properties at which a playbook is not under way, those that call for it first."""
    busy = {place for row in going if row["closed_at"] is None for place in json.loads(row["properties"])}
    return {one.property_id: one for one in sorted(at, key=lambda one: words.ORDER.index(one.holding.state)) if one.property_id not in busy}


def form(one: Playbook, at: list[Standing], going: list[dict], is_first: bool) -> bool:
    """Draw the choice of where, who and by when, and the button that begins the playbook there; return whether there is one.

    Where the playbook runs already it is not offered again.
    """
    if st.session_state.pop(f"playbook_begun_{one.code}", False):
        st.success(safe(t("Begun: it stands among the decisions, and comes back on its day.")), icon=":material/check:")
    open_to = free(at, going)
    if not view().scope.may("view") or one.watch not in CATALOGUE:
        return False
    if not open_to:
        small(safe(t("It is under way at every property.")), grey=True)
        return False
    with st.container(border=True, gap="xsmall"):
        where = st.selectbox(t("Where"), list(open_to), format_func=lambda place: open_to[place].place, key=f"playbook_where_{one.code}")
        left, right = st.columns(2)
        who = left.text_input(t("Who"), key=f"playbook_who_{one.code}", max_chars=decisions.LONGEST_OWNER)
        usual = view().scope.as_of + dt.timedelta(one.expect.days)
        by = right.date_input(t("By when"), usual, view().scope.as_of + dt.timedelta(1), view().scope.as_of + decisions.LATEST,
                              key=f"playbook_by_{one.code}", format="YYYY-MM-DD")
        if st.button(t("Begin"), key=f"playbook_begin_{one.code}", icon=":material/play_arrow:", type=filled() if is_first else "secondary", disabled=not by):
            with told():
                begin(one, where, who or "", by)
                st.session_state[f"playbook_begun_{one.code}"] = True
                st.rerun()
    return True


def begin(one: Playbook, place: int, owner: str, due_on: dt.date) -> int:
    """Write the playbook down as a decision about the KPI to watch at a property, as that stands now, and return its number."""
    was, low, high, n = _value(_at((place,), view().scope.elapsed().period), one.watch)
    expected = None if was is None else association.expected(one.expect, was)
    return act(decisions.decide, replace(view().whole, properties=(place,)), kpi=one.watch, will_do=words.words(one.name)[: decisions.LONGEST], due_on=due_on,
               owner=owner, expected=expected, page="figure", params={"kpi": one.watch, "properties": str(place)}, was=was, was_low=low, was_high=high,
               was_n=n, playbook=one.code)  # fmt: skip


def _value(scope: Scope, key: str) -> tuple[float | None, float | None, float | None, float | None]:
    """A KPI's value, interval and n in a scope; None each for what is not known, or rests on too few."""
    frame = load("kpi_values", scope, keys=(key,))
    now = next(frame[frame["period"] == "now"].itertuples())
    if now.few or math.isnan(now.value):
        return None, None, None, None
    return tuple(None if math.isnan(x) else float(x) for x in (now.value, now.low, now.high, now.n))


# --- under way ----------------------------------------------------------------------------------------------------------------------
def running(found: list[dict]) -> None:
    """The playbooks that were begun and have not ended, each with its day, its figure so far and its stop rule."""
    known = words.names_of(found)
    going = [row for rows in look(records.started_playbooks, view().whole).values() for row in rows if row["closed_at"] is None]
    going.sort(key=lambda row: (row["due_on"], row["id"]))
    if not going:
        return
    names = load("properties", view().whole).set_index("property_id")["name"]
    with panel(tn("{n} playbook is under way", "{n} playbooks are under way", len(going), n=formats.count(len(going))), t("The nearest day first"),
               height="content"):  # fmt: skip
        for row in going:
            _under_way(row, known.get(row["playbook"]), words.where([plain(str(names.get(place, place))) for place in json.loads(row["properties"])]))


def _under_way(row: dict, one: Playbook | None, where: str) -> None:
    k, (day, whole) = CATALOGUE.get(row["kpi"]), words.day_of(row, view().scope.as_of)
    name = words.words(one.name) if one else plain(row["will_do"])
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    with left:
        st.markdown(f"**{safe(name)}** :small[:gray[{safe(' · '.join(filter(None, (where, row['owner']))))}]]")
        if k and day == 0:
            small(safe(t("Begun today: nothing can be seen yet.")), grey=True)
        elif k:
            small(safe(words.so_far(k, row, _since(row, row["kpi"]), view().currency)))
            if one and one.stop.kpi in CATALOGUE and row["state"] == "open":
                _stop(one.stop, row)
    with right:
        st.progress(day / whole, text=safe(t("Day {day} of {whole}, until {date}", day=formats.count(day), whole=formats.count(whole),
                                             date=formats.date(row["due_on"]))))  # fmt: skip
        if day == whole or row["state"] == "read":
            st.page_link(PAGES / "decisions.py", label=t("See what came of it"), icon=":material/arrow_forward:", icon_position="right")


def _stop(stop: Stop, row: dict) -> None:
    """How the stop rule stands, as long as it is to be looked at."""
    last = row["from_on"] + dt.timedelta(stop.days)
    if view().scope.as_of > last:
        small(safe(t("Its stop rule was to be looked at until {day}.", day=formats.date(last))), grey=True)
        return
    now = _since(row, stop.kpi)
    tone, said = words.stop_said(stop, association.stops(stop, *now, _started(stop, row)), now, view().currency)
    small(f":{tone}[{safe(said)}]")


def _since(row: dict, key: str) -> Told:
    """A KPI at a decision's properties since its beginning, to its day at the latest; Nones for too few."""
    until = min(view().scope.as_of, row["due_on"])
    if until <= row["from_on"]:
        return None, None, None
    return _value(_at(json.loads(row["properties"]), Period(row["from_on"], until)), key)[:3]


def _started(stop: Stop, row: dict) -> float | None:
    """What the stop rule's KPI was over the year before the start; of one that stands as it is today nobody knows."""
    if stop.kpi == row["kpi"]:
        return row["was"]
    if not CATALOGUE[stop.kpi].dated:
        return None
    return _value(_at(json.loads(row["properties"]), Period(row["from_on"] - BEFORE, row["from_on"])), stop.kpi)[0]


def _at(places: Sequence[int], period: Period) -> Scope:
    """Houses as a whole over a period: what narrows guests does not count for a playbook."""
    return replace(view().whole, properties=tuple(places), period=period, channels=(), identified=False, segment=None)
