"""The page of playbooks: those that the figures call for now and where, how to begin one, and why the others wait."""
import math
from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from crm_core import formats
from crm_core.association import playbooks as association
from crm_core.association.playbooks import Holding, Playbook
from crm_core.charts import interval
from crm_core.i18n import t, tn
from crm_core.metrics import CATALOGUE, Metric
from crm_core.records import benchmarks as sets
from crm_core.records import playbooks as records
from crm_core.scope import Scope
from crm_core.telling.figures import axis_text
from crm_core.ui import playbooks_start
from crm_core.ui import playbooks_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, mode, panel, small, told
from crm_core.ui.playbooks_words import Standing
from crm_core.ui.text import plain, safe

MAY = "standards"


def unfiltered() -> Scope:
    """Return the view's scope without what narrows guests: a playbook is about a house as a whole. Where a filter is set, say so."""
    if view().scope.channels or view().scope.identified or view().scope.segment:
        small(safe(t("Channels and guests that are chosen above change nothing here: a playbook is about a house as a whole.")), grey=True)
    return replace(view().scope, channels=(), identified=False, segment=None)


def rows() -> list[dict]:
    """Return the playbooks in use; where there are none, the page says how they come."""
    found = look(records.playbook_list, view().whole)
    if not found:
        empty(t("No playbook is here yet"), t("Playbooks are best practices with the condition that calls for them. They come in packs of an association; "
                                              "an example pack comes with the program."))
        st.page_link(PAGES / "network.py", label=t("Bring a pack in"), icon=":material/upload:")
        _put_away()
    return found


# --- how their conditions stand ---------------------------------------------------------------------------------------------------
def standings(found: list[dict]) -> dict[str, list[Standing]]:
    """Return, for each playbook whose figures exist here, how its condition stands at each of the chosen properties."""
    known = [row["playbook"] for row in found if row["playbook"].trigger.kpi in CATALOGUE]
    keys = tuple(dict.fromkeys(one.trigger.kpi for one in known))
    read = load("triggers", unfiltered(), keys=keys).set_index(["key", "property_id"]) if keys else None
    names = load("properties").sort_values("name")
    places = [(int(row.property_id), plain(row.name)) for row in names[["property_id", "name"]].itertuples(index=False)]
    return {one.code: [_standing(one, place, name, read, _set_of(one)) for place, name in places] for one in known}


def _set_of(one: Playbook) -> dict | None:
    """The latest set of hotels that a playbook's figure can be held against, pooled ones first."""
    if one.trigger.against != "benchmark":
        return None
    of_money = CATALOGUE[one.trigger.kpi].unit == "money"
    there = [row for row in look(sets.benchmark_list, figure=one.trigger.kpi) if not of_money or row["currency"] == view().currency]
    return max(there, key=lambda row: (row["strength"] == "pooled", row["to_on"], row["id"]), default=None)


def _standing(one: Playbook, place: int, name: str, read, against: dict | None) -> Standing:
    if (one.trigger.kpi, place) not in read.index:
        return Standing(place, name, Holding("unknown"), *[math.nan] * 4)
    row = read.loc[(one.trigger.kpi, place)]
    reference = {"value": None, "last_year": float(row["last_year"]), "benchmark": against and against["value"]}[one.trigger.against]
    numbers = [float(row[column]) for column in ("value", "low", "high", "n")]
    held = association.holds(one.trigger, *numbers[:3], None if math.isnan(numbers[3]) else int(numbers[3]), reference)
    held = Holding("few", held.by) if row["few"] else held
    return Standing(place, name, held, *numbers, None if reference is None or math.isnan(reference) else reference, against["set_name"] if against else "")


# --- those that are called for ------------------------------------------------------------------------------------------------------
def called(found: list[dict], stands: dict[str, list[Standing]]) -> None:
    """A card for each playbook that the figures call for: what says so, the steps, and its beginning.

    Those that can be begun somewhere come first, then those that are called for at most properties.
    """
    going = look(records.started_playbooks, view().whole)
    calling = [row for row in found if words.state_of(stands.get(row["code"], [])) == "holds"]
    calling.sort(key=lambda row: (not playbooks_start.free(stands[row["code"]], going.get(row["code"], [])),
                                  -sum(one.holding.state == "holds" for one in stands[row["code"]])))
    if not calling:
        with panel(words.summary(0, len(found)), t("Every condition was looked at, at each of the chosen properties"), height="content"):
            small(safe(t("Below stands why each of them waits.")), grey=True)
    is_filled = False  # the page's one filled button stands on the first playbook that can be begun
    for row in calling:
        is_filled |= _card(row, stands[row["code"]], going.get(row["code"], []), not is_filled)


def _card(row: dict, at: list[Standing], going: list[dict], is_first: bool) -> bool:
    """Draw a card, and say whether it could be begun."""
    one = row["playbook"]
    title = words.called_title(words.words(one.name), at)
    with panel(title, words.words(one.why), right=lambda: _more(row), height="content"):
        left, right = st.columns([1.35, 1])
        with left:
            picture(one, at, title)
            _lines_of(f":orange[:material/flag:] {safe(words.evidence(one.trigger, standing, view().currency))} {_n(standing)}"
                      for standing in at if standing.holding.state == "holds")
            facts(one)
        with right:
            steps(one)
            return playbooks_start.form(one, at, going, is_first)


def _lines_of(lines: Iterable[str]) -> None:
    """Small lines close below each other; each is ready Markdown."""
    st.markdown("  \n".join(f":small[{line}]" for line in lines))


def _n(standing: Standing) -> str:
    return "" if math.isnan(standing.n) else f":gray[{safe(formats.n(round(standing.n)))}]"


def picture(one: Playbook, at: list[Standing], title: str) -> None:
    """Each property beside the threshold, with its interval, those beyond it in the accent; how far each lies from its own where they differ."""
    k, drawn = CATALOGUE[one.trigger.kpi], [standing for standing in at if standing.threshold is not None]
    if not drawn:
        return
    tones = ["accent" if standing.holding.state == "holds" else "line" for standing in drawn]
    away = lambda end: [_away(standing, end) for standing in drawn]  # noqa: E731
    texts = [words.value(k, standing.value, standing.low, standing.high, view().currency) for standing in drawn]
    same = len({round(standing.threshold, 9) for standing in drawn}) == 1
    line = t("threshold {value}", value=words.threshold(one.trigger, drawn[0], view().currency)) if same and one.trigger.against == "value" else t("threshold")
    chart(interval.forest(mode(), [standing.place for standing in drawn], away("value"), away("low"), away("high"), texts, tones=tones, no_effect=line,
                          say=lambda x: axis_text(k, x + drawn[0].threshold, view().currency) if same else _said(k, x)), title, key=f"playbook_{one.code}")


def _away(standing: Standing, end: str) -> float | None:
    at = getattr(standing, end)
    return None if math.isnan(at) else at - standing.threshold


def _said(k: Metric, x: float) -> str:
    return formats.signed(100 * x) if k.unit == "share" else axis_text(k, x, view().currency)


def facts(one: Playbook) -> None:
    """What to watch and expect, when to stop, and who gains."""
    said = ((t("Watch"), words.expectation(one.expect, one.watch)), (t("Stop"), words.stopping(one.stop, view().currency)),
            ("", words.words(one.stop.text)), (t("Who gains"), words.words(one.benefits)))
    _lines_of(f"**{safe(name)}** {safe(text)}" if name else f":gray[{safe(text)}]" for name, text in said)
    if one.watch in CATALOGUE:
        st.page_link(PAGES / "figure.py", label=t("Open figure"), icon=":material/arrow_forward:", icon_position="right",
                     query_params={"kpi": t(CATALOGUE[one.watch].name)})  # fmt: skip


def steps(one: Playbook) -> None:
    """The steps, in their order."""
    st.markdown(f"**{safe(t('Steps'))}**\n\n" + "\n".join(f"{place}. {safe(words.words(step))}" for place, step in enumerate(one.steps, 1)))


def _more(row: dict) -> None:
    if not view().scope.may(MAY):
        return
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("More"), key=f"playbook_{row['id']}_more"):
        small(safe(t("Put away, it is called for no more; what was begun with it goes on.")), grey=True)
        if st.button(t("Put away"), key=f"playbook_{row['id']}_away", icon=":material/archive:"):
            _do(records.archive_playbook, row)


def _do(action, row: dict) -> None:
    with told():
        act(action, view().whole, id=row["id"], version=row["version"])
        st.rerun()


# --- the others ----------------------------------------------------------------------------------------------------------------------
def waiting(found: list[dict], stands: dict[str, list[Standing]]) -> None:
    """The playbooks that nothing calls for, folded: why not, what they are, and all conditions as a file."""
    others = [row for row in found if words.state_of(stands.get(row["code"], [])) != "holds"]
    with st.expander(tn("{n} playbook waits", "{n} playbooks wait", len(others), n=formats.count(len(others))), icon=":material/pause_circle:",
                     expanded=len(others) == len(found)):
        for row in others:
            _waits(row, stands.get(row["code"]))
        downloads("playbooks", _headings(), lambda: [line for row in found for line in _lines(row["playbook"], stands.get(row["code"], []))])
    _put_away()


def _waits(row: dict, at: list[Standing] | None) -> None:
    one = row["playbook"]
    state = t("figure missing") if at is None else t(words.STATES[words.state_of(at)])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(words.words(one.name))}** :gray-badge[{safe(state)}]", width="stretch")
        with st.popover(t("Open"), type="tertiary", key=f"playbook_{row['id']}_open"):
            small(safe(words.words(one.why)))
            steps(one)
            facts(one)
        _more(row)
    said = association.problems(one, CATALOGUE) if at is None else [words.evidence(one.trigger, standing, view().currency) for standing in at]
    _lines_of(f":gray[{safe(line)}]" for line in said)


def _headings() -> list[str]:
    return [t("Playbook"), t("Property"), t("State"), t("Figure"), t("Value"), t("Threshold"), t("Cases")]


def _lines(one: Playbook, at: list[Standing]) -> list[tuple]:
    k = CATALOGUE.get(one.trigger.kpi)
    return [(words.words(one.name), standing.place, t(words.STATES[standing.holding.state]), t(k.name),
             words.value(k, standing.value, standing.low, standing.high, view().currency), words.threshold(one.trigger, standing, view().currency),
             None if math.isnan(standing.n) else int(standing.n)) for standing in at]  # fmt: skip


def _put_away() -> None:
    away = look(records.playbook_list, view().whole, archived=True) if view().scope.may(MAY) else []
    if not away:
        return
    with st.expander(tn("{n} playbook was put away", "{n} playbooks were put away", len(away), n=formats.count(len(away))), icon=":material/archive:"):
        for row in away:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(safe(words.words(row["playbook"].name)), width="stretch")
                if st.button(t("Bring back"), key=f"playbook_{row['id']}_back"):
                    _do(records.restore_playbook, row)
