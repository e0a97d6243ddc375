"""The page of segments: those that were saved, the rule builder with its live count, who fits, and the audiences made of them."""
import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.queries.sql import sql_of_rule
from crm_core.records import audiences as lists
from crm_core.records import segments as records
from crm_core.rule import AllOf, BadRule, Condition, Rule, Segment, canonical
from crm_core.ui import drawer, guest_rows, rule_editor, rule_words, segment_open, segment_saving
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.segment_open import TEMPLATES, Opened
from crm_core.ui.text import safe
from crm_core.views import segment_of

PAGE_ROWS = 8
LIST_KINDS = {"segment": N_("from a segment"), "win_back": N_("from guests at risk")}


# --- what was saved -----------------------------------------------------------------------------------------------------
def saved() -> None:
    """The segments that were saved: whom each means in words, how many they are now, and what to do with one."""
    rows = view().saved
    with panel(_title(rows), t("Guests of the chosen properties at the as-of date · a segment follows its rule: who no longer fits is no longer in it"),
               height="content"):
        if not rows:
            small(safe(t("Build a rule below and save it under a name: it then filters every page, and becomes a list of guests to contact.")), grey=True)
        pages = max(1, math.ceil(len(rows) / PAGE_ROWS))
        page = min(st.session_state.get("saved_page") or 1, pages)
        shown = rows[(page - 1) * PAGE_ROWS:page * PAGE_ROWS]
        for row, size in zip(shown, _sizes(shown), strict=True):
            _row(row, size)
        if pages > 1:
            st.pagination(pages, key="saved_page")
        if view().scope.may("segment"):
            _put_away()


def _title(rows: tuple[dict, ...]) -> str:
    return tn("{n} saved segment", "{n} saved segments", len(rows)) if rows else t("No segment is saved yet")


def _sizes(rows: tuple[dict, ...]) -> list[int | None]:
    """How many guests each segment has; nothing for a rule that cannot be read any more."""
    rules = [segment.form if (segment := segment_of(row)) else None for row in rows]
    found = iter(load("segment_sizes", rules=tuple(filter(None, rules)))["guests"].tolist())
    return [next(found) if rule else None for rule in rules]


def _row(row: dict, size: int | None) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        with st.container(gap="xxsmall"):
            st.button(f"**{safe(row['name'])}**", type="tertiary", icon=":material/chevron_right:", icon_position="right", wrap=True,
                      key=f"segment_{row['id']}_open", on_click=segment_open.start, args=(str(row["id"]),))
            changed = formats.date(dt.datetime.fromisoformat(row["changed_at"]).date())
            said = t("version {number} of {day} by {who}", number=row["number"], day=changed, who=row["by"])
            small(f"{safe(_words(row))}  \n:gray[{safe(' · '.join(filter(None, (row['note'], said))))}]")
        with st.container(width=64):
            if size is not None:
                st.markdown(f"**{safe(formats.count(size))}**  \n:small[:gray[{safe(_share(size))}]]", text_alignment="right")
        _menu(row)


def _words(row: dict) -> str:
    segment = segment_of(row)
    return rule_words.sentence(segment.rule, rule_editor.names(), view().currency) if segment else t("Its rule cannot be read any more: open it and build it anew.")


def _share(guests: int) -> str:
    everyone = int(load("segment_everyone")["guests"].iloc[0])
    return formats.percent(guests / everyone, 1 if 0 < guests < everyone / 10 else 0) if everyone else formats.DASH


def _menu(row: dict) -> None:
    with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("More"), key=f"segment_{row['id']}_more"):
        st.button(t("Show all pages for these guests"), icon=":material/filter_alt:", key=f"segment_{row['id']}_filter", on_click=_use, args=(row["id"],))
        if not view().scope.may("segment"):
            return
        name = st.text_input(t("Name"), row["name"], key=f"segment_{row['id']}_{row['version']}_name", max_chars=records.LONGEST_NAME)
        note = st.text_input(t("Note"), row["note"], key=f"segment_{row['id']}_{row['version']}_note", max_chars=records.LONGEST_NOTE)
        own = {"id": row["id"], "version": row["version"]}
        with st.container(horizontal=True), told():
            if st.button(t("Rename"), key=f"segment_{row['id']}_rename"):
                act(records.rename_segment, view().whole, name=name, note=note, **own)
                segment_open.changed(row["id"], name=records.plain_name(name), note=note, version=row["version"] + 1)
            if st.button(t("Put away"), key=f"segment_{row['id']}_archive", icon=":material/archive:"):
                act(records.archive_segment, view().whole, **own)
                segment_open.changed(row["id"], gone=True)


def _use(id: int) -> None:
    st.session_state["among"] = str(id)


def _put_away() -> None:
    rows = look(records.segments, view().whole, archived=True)
    if not rows:
        return
    with st.expander(tn("{n} segment was put away", "{n} segments were put away", len(rows)), icon=":material/archive:"):
        for row in rows:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{safe(row['name'])}  \n:small[:gray[{safe(_words(row))}]]", width="stretch")
                if st.button(t("Bring back"), key=f"segment_{row['id']}_restore"):
                    with told():
                        act(records.restore_segment, view().whole, id=row["id"], version=row["version"])
                        st.rerun()


# --- the builder --------------------------------------------------------------------------------------------------------
@st.fragment
def builder() -> None:
    """The rule as it is built, with the guests who fit counted at every change, and who they are."""
    here = segment_open.opened()
    left, right = st.columns([1.62, 1])
    with left, panel(here.row["name"] if here.row else t("New rule"), _said(here), right=lambda: _begin(here)):
        if here.asked and not here.row:
            st.warning(t("There is no such segment: it may have been put away. This is a new rule."), icon=":material/search_off:")
        if not here.row:
            _templates()
        rule_editor.edit(here.draft, here.key)
    try:
        rule, problem = here.rule(), None
    except BadRule as bad:
        rule, problem = None, segment_open.problem_text(bad)
    with right:
        _counted(here, rule) if rule else _incomplete(problem)
    if rule:
        _who(rule)


def _said(here: Opened) -> str:
    if here.row:
        return t("version {number} · what you change here is not saved yet", number=here.row["number"])
    return t("Whom do you mean? Conditions on a guest's history at the chosen properties, joined as you like")


def _begin(here: Opened) -> None:
    if here.row:
        st.button(t("New rule"), icon=":material/add:", type="tertiary", key="rule_new", on_click=segment_open.start_new)


def _templates() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        small(safe(t("Start from")), grey=True)
        for i, name in enumerate(TEMPLATES):
            st.button(t(name), key=f"template_{i}", type="tertiary", on_click=segment_open.take_template, args=(name,))


def _incomplete(problem: str) -> None:
    with panel(t("Not a rule yet"), t("The count comes as soon as this is mended; nothing is lost.")):
        st.markdown(f":orange[:material/edit:] {safe(problem)}")


def _counted(here: Opened, rule: Rule) -> None:
    guests = int(load("segment_sizes", rules=(canonical(rule),))["guests"].iloc[0])
    everyone = int(load("segment_everyone")["guests"].iloc[0])
    title = tn("{n} guest fits: {share}", "{n} guests fit: {share}", guests, n=formats.count(guests), share=_share(guests))
    with panel(title, t("of {n} guests of the chosen properties", n=formats.count(everyone))):
        st.markdown(safe(rule_words.sentence(rule, rule_editor.names(), view().currency)))
        st.space("stretch")
        segment_saving.controls(here, rule, guests)
        segment_saving.versions(here)


def _who(rule: Rule) -> None:
    """The guests who fit: what they brought, how many can be reached, the list, and the query."""
    among = replace(view().scope, segment=Segment(rule))
    total = load("guest_count", among).iloc[0]
    guests = int(total["guests"])
    with panel(t("Who fits"), _worth(rule, total, guests), height="content"):
        if not guests:
            small(safe(t("Nobody: loosen a condition, or join the conditions by “At least one holds”.")), grey=True)
        else:
            guest_rows.listing("segment", guests, lambda offset, limit: load("guest_list", among, sort="spend", offset=offset, limit=limit), _columns,
                               t("Guests who fit the rule, highest spend first"))
        drawer.written([sql_of_rule(view().scope, rule)])


def _worth(rule: Rule, total: pd.Series, guests: int) -> str:
    can = int(load("segment_sizes", rules=(canonical(AllOf((rule, Condition("reachable", "yes")))),))["guests"].iloc[0])
    parts = (t("{n} have stayed twice or more", n=formats.n_of(int(total["repeaters"]), guests)), t("{n} can be reached with consent", n=formats.n_of(can, guests)),
             t("{amount} to date", amount=formats.compact_money(total["spend"], view().currency)), t("highest spend first"))
    return " · ".join(parts)


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    currency = view().currency
    return {
        t("Country"): [formats.territory(c) if isinstance(c, str) else formats.DASH for c in frame["country"]],
        t("Stays"): frame["stays"], t("Spend to date"): [formats.money(s, currency) for s in frame["spend"]],
        t("Last departure"): frame["last_departure_on"].map(guest_rows.day), t("Next arrival"): frame["next_arrival_on"].map(guest_rows.day),
        t("Consent"): [t("yes") if c else t("no") for c in frame["email_consent"]],
    }


# --- audiences ----------------------------------------------------------------------------------------------------------
def audiences() -> None:
    """The lists of guests that were saved to be contacted, with who was held out."""
    rows = look(lists.audiences)
    if not rows:
        return
    title = tn("{n} audience is saved", "{n} audiences are saved", len(rows))
    with panel(title, t("Guests as they stood on the day it was saved · what became of them: page At risk"), height="content"):
        for row in rows:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{safe(row['name'])}**  \n:small[{safe(_split(row))}]", width="stretch")
                if view().scope.may("segment") and st.button(t("Put away"), key=f"audience_{row['id']}_archive", type="tertiary", icon=":material/archive:"):
                    with told():
                        act(lists.archive_audience, id=row["id"], version=row["version"])
                        st.rerun()


def _split(row: dict) -> str:
    return " · ".join((t(LIST_KINDS[row["kind"]]), formats.date(row["as_of"]), t("{contact} to contact, {held} held out",
                       contact=formats.count(row["contact"]), held=formats.count(row["held_out"])), t("followed for {days}", days=formats.days(row["window_days"]))))
