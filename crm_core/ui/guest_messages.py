"""What a guest was sent and may be sent, on the profile: messages and the limit, consents with proof, audiences with the reason, journeys."""
import streamlit as st

from crm_core import formats
from crm_core.i18n import t, tn
from crm_core.records.audience_cards import why
from crm_core.records.holdout import outreach_settings
from crm_core.records.journey_due import guest_journeys
from crm_core.records.messages import guest_audiences, guest_consents, guest_messages
from crm_core.ui import audience_why
from crm_core.ui import guest_messages_words as words
from crm_core.ui.load import look, view
from crm_core.ui.parts import PAGES, panel
from crm_core.ui.text import plain, safe

FIRST_MESSAGES, FIRST_WORDS, FIRST_STEPS = 6, 4, 4


# --- messages --------------------------------------------------------------------------------------------------------------------
@st.fragment
def messages(person: dict) -> None:
    """The last messages with what became of each, and how many there were lately against the limit."""
    rows, now = look(guest_messages, guest=person["id"]), look(outreach_settings)
    if not rows:
        return
    sent = words.lately(rows, view().scope.as_of, now["marketing_cap_days"])
    title = words.messages_title(sent, now["marketing_cap"], now["marketing_cap_days"])
    with panel(title, t("Messages from campaigns, newest first · machines open and click too: that says nothing of the guest"), height="content"):
        whole = st.session_state.get("all_messages", False)
        for row in rows if whole else rows[:FIRST_MESSAGES]:
            _message(row)
        if len(rows) > FIRST_MESSAGES and not whole:
            more = len(rows) - FIRST_MESSAGES
            st.button(tn("Show {n} earlier message", "Show {n} earlier messages", more, n=formats.count(more)), type="tertiary", icon=":material/expand_more:",
                      key="more_messages", on_click=lambda: st.session_state.update(all_messages=True))


def _message(row: dict) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.page_link(PAGES / "campaign.py", label=safe(row["campaign"]), query_params={"campaign": str(row["campaign_id"])})
        badges = " ".join(f":{tone}-badge[{safe(text)}]" for tone, text in words.outcomes(row))
        st.markdown(f":small[:gray[{safe(words.day(row['sent_at']))}]] {badges}", width="stretch")


# --- may we write ---------------------------------------------------------------------------------------------------------------
def may_we_write(person: dict) -> None:
    """Every word of the guest on consent, those that count first, with wording, source, day and proof."""
    rows = look(guest_consents, guest=person["id"])
    with panel(words.may_title(rows), t("The last word on each purpose counts; without proof there is no consent"), height="content"):
        for row in [row for row in rows if row["is_last"]]:
            _word(row)
        earlier = [row for row in rows if not row["is_last"]]
        if earlier:
            with st.expander(tn("{n} earlier word", "{n} earlier words", len(earlier), n=formats.count(len(earlier)))):
                for row in earlier:
                    _word(row)


def _word(row: dict) -> None:
    tone, head, detail = words.word(row)
    st.markdown(f":{tone}-badge[{safe(head)}]  \n:small[:gray[{safe(detail)}]]")


# --- audiences and journeys -----------------------------------------------------------------------------------------------------
@st.fragment
def audiences(person: dict) -> None:
    """The audiences that selected the guest: on it or not and why, as it was frozen; one that is chosen says how it is today."""
    rows = look(guest_audiences, guest=person["id"])
    if not rows:
        return
    with panel(words.lists_title(rows), t("As it was frozen on the day of the draw, newest first"), height="content"):
        for row in rows[:FIRST_MESSAGES]:
            tone, text = words.on_list(row)
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.page_link(PAGES / "audiences.py", label=safe(row["name"]), query_params={"audience": str(row["audience_id"])})
                st.markdown(f":small[:gray[{safe(formats.date(row['as_of']))}]] :{tone}-badge[{safe(text)}]", width="stretch")
        _today(person, {row["audience_id"]: row["name"] for row in rows})


def _today(person: dict, names: dict[int, str]) -> None:
    chosen = st.selectbox(t("How would it be today?"), list(names), index=None, format_func=lambda i: plain(names[i]), key="audience_today",
                          placeholder=t("Choose an audience"))
    said = look(why, id=chosen, guest_id=person["id"]) if chosen else None
    if said:
        audience_why.steps(said["now"])
        if view().warehouse:
            audience_why.clauses(said["definition"], person["id"])


def journeys(person: dict) -> None:
    """The journeys that the guest is in, with the last steps."""
    rows = look(guest_journeys, guest_id=person["id"])
    if not rows:
        return
    title = tn("In {n} journey", "In {n} journeys", len({row["journey_id"] for row in rows}), n=formats.count(len({row["journey_id"] for row in rows})))
    with panel(title, t("Steps that fell due, newest first"), height="content"):
        for row in rows[:FIRST_STEPS]:
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.page_link(PAGES / "journeys.py", label=safe(row["journey"]), query_params={"journey": str(row["journey_id"])})
                said = " · ".join(filter(None, (formats.date(row["due_on"]), t("step {n}", n=row["step"]), row["message"])))
                st.markdown(f":small[:gray[{safe(said)}]] :gray-badge[{safe(words.step_state(row))}]", width="stretch")
