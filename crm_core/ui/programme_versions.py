"""Saving the draft of a programme's rules as the next version, and the versions so far with what each changed."""
import datetime as dt

import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.programme.rules import Rules, parse, said
from crm_core.records import programme as records
from crm_core.records.registry import Refused, Stale
from crm_core.ui import programme_rules_words as words
from crm_core.ui.load import act, view
from crm_core.ui.parts import filled, panel, small
from crm_core.ui.programme_rules import begin
from crm_core.ui.text import plain, safe

FIRST_DAY = dt.date(1990, 1, 1)
MOST_LINES = 20


def save(row: dict, start: dict, versions: list[dict], rules: Rules) -> None:
    """What would be new, from when, with a note, and the button that makes it the next version."""
    latest = parse(versions[0]["rules"]) if versions else None
    new = words.differences(latest, rules, row["currency"])
    with panel(t("Save as version {number}", number=start["number"] + 1), t("Earlier versions stay: what was promised until then still counts"), height="content"):
        for line in new[:MOST_LINES]:
            st.markdown(f"- {safe(line)}")
        if not new:
            small(safe(t("Nothing differs from the latest version yet.")), grey=True)
            return
        _told(row, versions)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            today = view().scope.as_of
            day = st.date_input(t("In force from"), today, min_value=today if versions else FIRST_DAY, key=f"from_{start['form']}", format="YYYY-MM-DD",
                                width=160)
            note = st.text_input(t("Note"), key=f"note_{start['form']}", max_chars=records.LONGEST_NOTE, placeholder=t("Why the rules change"))
            pressed = st.button(t("Save these rules"), key="save_rules", type=filled(), icon=":material/check:")
        if pressed:  # and not a callback, which would know the draft as it was before the last field was left
            _save(row, start, said(rules), day or today, note)
            st.rerun()


def _told(row: dict, versions: list[dict]) -> None:
    if problem := st.session_state.get(f"rules_{row['id']}_problem"):
        st.warning(safe(problem), icon=":material/sync_problem:")
        for line in words.differences(_before(versions, 0), parse(versions[0]["rules"]), row["currency"]) if versions else []:
            small(safe(line), grey=True)


def _save(row: dict, start: dict, rules: dict, day: dt.date, note: str) -> None:
    key = f"rules_{row['id']}"
    st.session_state.pop(f"{key}_problem", None)
    try:
        number = act(records.save_rules, programme_id=row["id"], rules=rules, from_on=day, number=start["number"], note=note)
    except Refused as problem:
        st.session_state[f"{key}_problem"] = t(str(problem))
    except Stale as told_by:
        st.session_state[key] = start | {"number": told_by.current["number"]}  # who reads this and saves again means it
        st.session_state[f"{key}_problem"] = t("{who} saved version {number} meanwhile, with what stands below. Your rules are still here: compare, and save again.",
                                               who=plain(told_by.current["actor"]), number=told_by.current["number"])
    else:
        begin(row["id"], rules, number)
        st.toast(t("Version {number} was saved.", number=number), icon=":material/check:")
        jobs.start_refresh(view().settings)


# --- history ------------------------------------------------------------------------------------------------------------
def history(row: dict, versions: list[dict]) -> None:
    """The versions, newest first, with what each changed; any can be taken up again."""
    with panel(t("Versions"), t("Newest first, with what each changed"), height="content"):
        if not versions:
            small(safe(t("No rules were saved yet: tiers are as the source says. The draft above is a usual beginning.")), grey=True)
        for place, one in enumerate(versions):
            _version(row, versions, place, one)


def _version(row: dict, versions: list[dict], place: int, one: dict) -> None:
    when = t("saved {day}", day=formats.instant(dt.datetime.fromisoformat(one["at"])))
    with st.container(horizontal=True, vertical_alignment="center"):
        by = " · ".join(filter(None, (when, plain(one["actor"]), plain(one["note"]))))
        title = t("Version {number}, from {day}", number=one["number"], day=formats.date(one["from_on"]))
        st.markdown(f"**{safe(title)}**  \n:small[:gray[{safe(by)}]]", width="stretch")
        if place and view().scope.may("settings"):
            st.button(t("Take up"), key=f"take_up_{one['number']}", help=t("Put these rules into the draft; nothing is saved yet"),
                      on_click=begin, args=(row["id"], one["rules"], row["number"]))
    for line in words.differences(_before(versions, place), parse(one["rules"]), row["currency"]):
        small(f"– {safe(line)}", grey=True)


def _before(versions: list[dict], place: int) -> Rules | None:
    return parse(versions[place + 1]["rules"]) if place + 1 < len(versions) else None
