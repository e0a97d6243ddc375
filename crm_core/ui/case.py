"""The cards of one case: what happened, its clocks in business hours, guest, stay and review, and all that was done."""
import datetime as dt

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records import cases as records
from crm_core.records.reviews import review_card
from crm_core.records.service_targets import desk_hours
from crm_core.records.timeline import STATUS
from crm_core.service import hours
from crm_core.telling import case_words as words
from crm_core.telling.lead_words import clock, lasted
from crm_core.ui import case_opening, review_cards
from crm_core.ui.load import look, view
from crm_core.ui.parts import PAGES, empty, guest_link, panel, small
from crm_core.ui.text import safe


def asked() -> dict | None:
    """Return the case of the URL, or None where there is none for this visitor."""
    number = _number("case")
    return look(records.case_card, id=number) if number and view().scope.may("contact") else None


def begun() -> dict | None:
    """Return the review of the URL that a case is to be opened for, or None."""
    number = _number("review")
    return look(review_card, id=number) if number and view().scope.may("contact") and view().scope.may("case") else None


def _number(name: str) -> int | None:
    said = st.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None


def unknown() -> None:
    """The same answer for a case that does not exist, one of another hotel, and a role that reads no cases."""
    st.header(t("Case"), anchor=False)
    empty(t("There is no such case"), t("The link may be old, the case may belong to a property that is not yours, or your role reads no cases."))


def opening(card: dict) -> None:
    """The form of a new case beside the review that it is about; a review that has a case says so."""
    st.header(t("New case"), anchor=False)
    left, right = st.columns([1, 1.35])
    with left:
        review_cards.draw(card, actions=False, whole=True)
    with right, panel(t("What is to be done about it"), t("The rules say who gets it and how fast; all of it can be changed later"), height="content"):
        if card["case_id"]:
            st.page_link(PAGES / "case.py", label=t("This review has a case: see it"), query_params={"case": str(card["case_id"])}, icon=":material/flag:")
        case_opening.form(case_opening.about(card), f"review_{card['id']}")


# --- one case -------------------------------------------------------------------------------------------------------------------
def head(row: dict) -> None:
    """What happened, where it stands, how urgent it is, and who looks after it."""
    st.header(safe(words.title(row)), anchor=False)
    said, tone = words.state(row)
    owner = t("with {owner}", owner=row["owner"]) if row["owner"] else t("nobody looks after it")
    badges = [f":blue-badge[{safe(t(words.STATUSES[row['status']]))}]", f":{tone}-badge[{safe(said)}]",
              f":{words.PRIORITY_TONES[row['priority']]}-badge[{safe(t(words.PRIORITIES[row['priority']]))}]",
              f":{'gray' if row['owner'] else 'orange'}-badge[{safe(owner)}]",
              f":gray-badge[{safe(words.coded('department', row['department'] or ''))}]", f":gray-badge[{safe(words.coded('opened_from', row['opened_from']))}]"]
    st.markdown(" ".join(badges))
    opened = t("opened {when}", when=clock(row["opened_at"], _desk(row)["time_zone"]))
    again = [t("opened again {times}", times=formats.times(row["reopened"], 0))] if row["reopened"] else []
    small(safe(" · ".join([row["property"], opened, *again])), grey=True)


def _desk(row: dict) -> dict:
    return next(one for one in look(desk_hours, view().whole) if one["id"] == row["property_id"])


def clocks(row: dict) -> None:
    """The clocks of the first answer and of the solution in hours of the desk, what was given, and the cause."""
    cause = words.coded("root_cause", row["root_cause"] or "") if row["status"] == "closed" else formats.DASH
    given = formats.money_exact(row["compensation_minor"], row["currency"] or view().currency) if row["compensation_minor"] else formats.DASH
    told = t("the guest was told") if row["told_at"] else t("the guest was not told yet")
    desk = _desk(row)
    tiles = ((t("First answer"), *_clock(row, desk, "answer_due_at", row["answered_at"])), (t("Solution"), *_clock(row, desk, "due_at", row["closed_at"])),
             (t("Given to the guest"), given, told, "gray"), (t("Cause"), cause, t("chosen on closing"), "gray"))
    with st.grid(4, min_column_width=150, gap="small"):
        for name, value, line, tone in tiles:
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.metric(name, value)
                small(f":{tone}[{safe(line)}]")


def _clock(row: dict, desk: dict, due: str, ended: str | None) -> tuple[str, str, str]:
    """A clock counts only while the desk is there: minutes of the target, and those used until the end or now."""
    open_hours = hours.Desk(desk["time_zone"], desk["desk_from"], desk["desk_to"], desk["desk_days"])
    instant = dt.datetime.fromisoformat
    until = ended or (row["closed_at"] if row["status"] == "closed" else None) or records.present(view().scope)
    since = instant(row["opened_at"])
    target = hours.minutes(open_hours, since, instant(row[due])) if row[due] else None
    return words.clock(target, hours.minutes(open_hours, since, instant(until)), bool(ended))


def about(row: dict) -> None:
    """Who it is about, in which stay, and what was said."""
    with panel(t("What it is about"), height="content"):
        if row["guest_id"]:
            guest_link(row["guest_id"], row["name"] or "", icon=":material/person:")
        else:
            small(safe(t("No guest is known.")), grey=True)
        if row["stay"]:
            small(safe(_stay(row["stay"])))
        for line in (row["text"] or "").splitlines():
            st.markdown(safe(line))
        if row["resolution"]:
            st.markdown(f":material/check_circle: {safe(row['resolution'])}")


def _stay(stay: dict) -> str:
    parts = [t(STATUS[stay["status"]]), formats.period(stay["arrival_on"], max(stay["departure_on"], stay["arrival_on"] + dt.timedelta(1)))]
    parts += [t("room {room}", room=stay["room"])] if stay["room"] else []
    return " · ".join([*parts, *([t("confirmation {number}", number=stay["external_id"])] if stay["external_id"] else [])])


def review(row: dict) -> None:
    """The review that the case came from, with its marks."""
    card = look(review_card, id=row["review_id"]) if row["review_id"] else None
    if card:
        review_cards.draw(card | {"guest_id": None}, actions=False, whole=True)
        st.page_link(PAGES / "answers.py", label=t("Answer the review"), icon=":material/reply:", query_params={"review": str(card["id"])})


def story(row: dict) -> None:
    """All that was done, newest first, with who did it and after how long."""
    zone = _desk(row)["time_zone"]
    with panel(t("What was done"), t("Newest first, by the clock of the property"), height="content"):
        for step in reversed(row["steps"]):
            _step(step, row, zone)
        if not row["steps"]:
            small(safe(t("Nothing is written down: this case came in by file.")), grey=True)


def _step(step: dict, row: dict, zone: str | None) -> None:
    head, said = words.done(step)
    since = int((dt.datetime.fromisoformat(step["at"]) - dt.datetime.fromisoformat(row["opened_at"])).total_seconds() // 60)
    after = f" · {t('after {time}', time=lasted(since))}" if step["kind"] != "opened" and since > 0 else ""
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f":small[:gray[{safe(clock(step['at'], zone))}]]", width=128)
        st.markdown(f":material/{words.ICONS.get(step['kind'], 'chevron_right')}:", width=20)
        st.markdown(f"**{safe(head)}** :small[:gray[{safe(step['actor'] + after)}]]" + (f"  \n:small[{safe(said)}]" if said else ""), width="stretch")
