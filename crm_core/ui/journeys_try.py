"""A journey tried on days that are past, on demand: whom it would have written to, step by step, who was left and who held out."""
import datetime as dt
import json

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import fall
from crm_core.i18n import N_, t
from crm_core.outreach.journeys import Journey, dump
from crm_core.records.journeys import simulate_journey
from crm_core.ui import guest_rows, journeys_whom
from crm_core.ui import journeys_words as words
from crm_core.ui.load import look, view
from crm_core.ui.parts import chart, mode, small, told
from crm_core.ui.text import plain, safe

SPANS = {30: N_("Last 30 days"), 90: N_("Last 90 days"), 365: N_("Last 365 days")}


def card(one: Journey, key: str) -> None:
    """The button that tries a journey, and what it found as long as the rules stay as they are."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.selectbox(t("Try it on"), list(SPANS), format_func=lambda n: t(SPANS[n]), key=f"try_days_{key}", width=180)
        pressed = st.button(t("Show whom it would have written to"), icon=":material/science:", key=f"try_{key}")
    asked = (json.dumps(dump(one), sort_keys=True), days, view().warehouse.version.at)
    if pressed:
        with told(), st.spinner(t("Going through the days …")):
            st.session_state[f"tried_{key}"] = (asked, _found(one, days))
    kept = st.session_state.get(f"tried_{key}")
    if kept and kept[0] == asked:
        _shown(one, kept[1], days, key)
    elif kept:
        small(safe(t("The rules have changed since it was tried: try it again.")), grey=True)


def _found(one: Journey, days: int) -> dict:
    until = view().scope.as_of
    return look(simulate_journey, view().whole, rules=dump(one), from_on=until - dt.timedelta(days), to_on=until, meets=journeys_whom.meets(one))


def _shown(one: Journey, found: dict, days: int, key: str) -> None:
    title = words.tried_title(found, days)
    st.markdown(f"**{safe(title)}**")
    steps = words.tried_steps(found["rows"], len(one.steps))
    labels = [f"{place}. {plain(step.message)}" for place, step in enumerate(one.steps, 1)]
    notes = [" · ".join([*([t("{n} held out", n=formats.count(held))] if held else []), *([t("{n} not due", n=formats.count(left))] if left else [])])
             for _, held, left in steps]
    chart(fall.fall(mode(), labels, [due for due, _, _ in steps], [held + left for _, held, left in steps], [formats.count(due) for due, _, _ in steps],
                    notes=notes, accent=labels[:1]), title, key=f"tried_{key}")
    small("  \n".join(safe(line) for line in words.tried_lines(found)))
    small(safe(t("Begun {days} ago: occasions before that are left alone, so later messages are fewer than they will be. Hatched: not sent.",
                 days=formats.days(days))), grey=True)
    if found["rows"] and view().scope.may("people"):
        _people(one, found["rows"], key)


def _people(one: Journey, rows: list[dict], key: str) -> None:
    with st.expander(t("Who, and why not")):
        frame = pd.DataFrame(rows)
        guest_rows.listing(f"tried_{key}", len(frame), lambda offset, limit: frame.iloc[offset:offset + limit], lambda page: steps_of(page, one),
                           t("Guests with each message that came up"))


def steps_of(frame: pd.DataFrame, one: Journey | None = None) -> dict[str, list]:
    """Return the columns of steps that came up: the message, its day, and what became of it. `one` names the messages where the rows do not."""
    rows = frame.to_dict("records")
    named = [row["message"] if one is None else one.steps[row["step"] - 1].message for row in rows]
    return {t("Message"): [plain(name) for name in named], t("Due"): [formats.date(row["due_on"]) for row in rows],
            t("What became of it"): [words.due_state(row) for row in rows]}
