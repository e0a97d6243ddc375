"""One audience as it was frozen: how it fell, its arms, who is on it and who left, why one guest is or is not, and its file for a platform."""
import datetime as dt

import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import t
from crm_core.outreach.platforms import NAMES
from crm_core.outreach.waterfall import HELD
from crm_core.records import audience_cards as records
from crm_core.records.audience_exports import LONGEST_DAYS, PLAIN, VALID_DAYS, export_audience
from crm_core.records.audiences import MOST, archive_audience, audience_members
from crm_core.schema import ARMS
from crm_core.ui import audience_cards as cards
from crm_core.ui import audience_words as words
from crm_core.ui import campaigns, offers
from crm_core.ui.audience_build import MADE
from crm_core.ui.audience_why import asked_guest
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import empty, filled, panel, small, told
from crm_core.ui.text import safe

FILE = "audience_file"


def asked() -> bool:
    """Say whether the URL names an audience; one that was just drawn is put there."""
    if made := st.session_state.pop(MADE, None):
        st.query_params["audience"] = made
    return "audience" in st.query_params


def page() -> None:
    """Everything of the audience of the URL; the same answer for one that does not exist and one of another hotel."""
    said = st.query_params.get("audience", "")
    card = look(records.audience_card, view().whole, id=int(said)) if said.isascii() and said.isdecimal() and len(said) < 16 else None
    st.button(t("All audiences"), icon=":material/arrow_back:", type="tertiary", key="audiences_back", on_click=lambda: st.query_params.pop("audience", None))
    if card is None:
        empty(t("There is no such audience"), t("The link may be old, or the audience may belong to a property that is not yours."))
        return
    st.query_params["audience"] = said  # a link from this page to itself leaves the browser's address as it was
    _head(card)
    left, right = st.columns([1.35, 1])
    with left:
        _fall(card)
    with right:
        _arms(card)
        written, held = cards.sizes(card["arms"])
        cards.power(written, held, card["window_days"], f"audience_{card['id']}")
    _people(card)
    asked_guest(card)
    _export(card)
    offers.ranked(card["id"])


# --- what it is -----------------------------------------------------------------------------------------------------------------------
def _head(card: dict) -> None:
    with panel(card["name"], cards.facts(card, view().scope.as_of), right=lambda: _put_away(card), height="content"):
        st.markdown(safe(cards.defined(card["definition"])))
        if card["campaign_id"]:
            campaigns.campaign_link(card["campaign_id"], card["campaign"])
        else:
            small(safe(t("No campaign is written to this audience yet.")), grey=True)


def _put_away(card: dict) -> None:
    if card["archived_at"] or not view().scope.may("segment"):
        return
    if st.button(t("Put away"), type="tertiary", icon=":material/archive:", key="audience_archive"):
        with told():
            act(archive_audience, view().whole, id=card["id"], version=card["version"])
            st.rerun()


def _fall(card: dict) -> None:
    written, held = cards.sizes(card["arms"])
    steps = dict(map(tuple, card["steps"]))
    selected = steps.get("selected", written + held + sum(n for *_, n in card["left"]))
    with panel(words.fall_title(selected, written, card["left"]), t("Guests as they stood on the day of the draw · hatched: not written to, and why")):
        cards.falls(selected, card["left"], held, f"audience_{card['id']}")
        if not card["steps"]:
            small(safe(t("Of this list only the people on it are recorded, not who left before.")), grey=True)


def _arms(card: dict) -> None:
    with panel(words.arms_title(card["arms"]), t("The arms: people, drawn by lot"), height="content"):
        cards.arms(card["arms"], card["cells"], card["gap"], card["strata"])


# --- who is on it, and who left ---------------------------------------------------------------------------------------------------------
@st.fragment
def _people(card: dict) -> None:
    if not view().scope.may("people"):
        return
    with panel(t("The people"), t("Those on the list by arm, and those who left by reason · tick a row to open the guest"), height="content"):
        members = look(audience_members, view().whole, id=card["id"])
        groups = {arm: [(person, words.arm(arm)) for person, on in members if on == arm] for arm in ARMS}
        names = {arm: words.arm(arm) for arm in ARMS} | {_code(step, why): _left_name(step, why) for step, why, _ in card["left"]}
        groups = {code: found for code, found in groups.items() if found}
        for person, step, why in look(records.audience_left_of, view().whole, id=card["id"], limit=MOST):
            groups.setdefault(_code(step, why), []).append((person, words.reason(why)))
        cards.people_who(f"audience{card['id']}", groups, names)


def _code(step: str, why: str) -> str:
    return f"{step}/{why}"


def _left_name(step: str, why: str) -> str:
    return t("Left: {why}", why=words.reason(why)) if (step, why) not in HELD else words.reason(why)


# --- the file for a platform --------------------------------------------------------------------------------------------------------------
@st.fragment
def _export(card: dict) -> None:
    """Consent and address of everybody are looked at again, then the file is offered; it says who was dropped since and why."""
    scope = view().scope
    if not all(scope.may(right) for right in ("campaign", "export", "contact")) or card["archived_at"]:
        return
    said = t("Addresses of those to be written to, with the proof of each consent · every file is on record")
    with panel(t("The list for your e-mail platform"), said, height="content"):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            offered = [PLAIN] if card["channel"] == "post" else list(NAMES)
            platform = st.selectbox(t("Platform"), offered, format_func=lambda code: t(NAMES[code]), key="audience_platform", width=180)
            until = st.date_input(t("To be used until"), scope.as_of + dt.timedelta(VALID_DAYS), scope.as_of, scope.as_of + dt.timedelta(LONGEST_DAYS),
                                  key="audience_until", format="YYYY-MM-DD", width=180)
            pressed = st.button(t("Check again and make the list"), type=filled(), icon=":material/fact_check:", key="audience_export")
        if pressed:
            with told():
                st.session_state[FILE] = (card["id"], platform, act(export_audience, view().whole, id=card["id"], platform=platform, expires_on=until))
                st.rerun()  # the head says when a file was made
        _file(card)


def _file(card: dict) -> None:
    kept = st.session_state.get(FILE)
    if kept is None or kept[0] != card["id"]:
        small(safe(t("Who withdrew consent, complained, bounced or was erased since the draw is left out. Those held out are never in the file.")), grey=True)
        return
    _, platform, made = kept
    for line in words.export_said(len(made.rows), made.dropped):
        st.markdown(safe(line))
    n = formats.count(len(made.rows))
    label = t("Save the list ({n})", n=n) if platform == PLAIN else t("Save the list for {platform} ({n})", platform=t(NAMES[platform]), n=n)
    st.download_button(label, exports.csv_bytes(made.columns, made.rows), f"innsight-audience-{card['id']}-{platform}.csv", "text/csv", key="audience_csv",
                       icon=":material/download:", on_click="ignore")
    small(safe(t("Use it until {day}: consent may be withdrawn meanwhile. Then make it anew.", day=formats.date(made.expires_on))), grey=True)
