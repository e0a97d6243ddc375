"""What staff can do with a guest's membership: enrol, adjust and take back points, tiers by hand, codes, joining accounts."""
import datetime as dt
from collections.abc import Callable
from contextlib import contextmanager
from uuid import uuid4

import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.records import joining, memberships, points, programme, referrals
from crm_core.records.registry import Refused, Stale
from crm_core.ui import guest_loyalty_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.loyalty_words import VIA
from crm_core.ui.parts import PAGES, panel, small
from crm_core.ui.text import plain, safe

WAYS = ("front_desk", "own_site", "app", "phone", "email", "partner")
GIFT = dt.timedelta(365)


# --- forms --------------------------------------------------------------------------------------------------------------
def _form(name: str) -> str:
    """Return the number that a form bears from its opening until it is saved: it is the action's key too, so that a second click does nothing more."""
    return st.session_state.setdefault(f"{name}_form", uuid4().hex)


@contextmanager
def _asking(name: str, label: str, icon: str, help: str | None = None):
    """Draw a button that opens a form, with what the last try was refused for, and yield the form's number."""
    form = _form(name)
    with st.popover(label, icon=icon, help=help, key=f"{name}_{form}"):
        yield form
        if problem := st.session_state.get(f"{name}_problem"):
            st.error(safe(problem), icon=":material/error:")


def _do(name: str, done: str, change: Callable[[], object]) -> None:
    """Run an action once (before the page is drawn again); what is refused is told in the form, where everything typed still stands."""
    try:
        change()
    except Refused as problem:
        st.session_state[f"{name}_problem"] = t(str(problem))
        return
    except Stale as told_by:
        st.session_state[f"{name}_problem"] = _stands_now(told_by.current)
        return
    for rest in ("form", "problem"):
        st.session_state.pop(f"{name}_{rest}", None)
    st.toast(done, icon=":material/check:")
    jobs.start_refresh(view().settings)


def _stands_now(row: dict) -> str:
    """Return what somebody else made of a row meanwhile."""
    if row.get("ended_on"):
        return t("Somebody else ended this meanwhile, on {day}. Nothing more was changed.", day=formats.date(row["ended_on"]))
    return t("Somebody else changed this meanwhile: the page shows it as it is now. Look again, then press once more.")


def _typed(form: str, name: str):
    return st.session_state.get(f"{name}_{form}")


# --- enrolment ----------------------------------------------------------------------------------------------------------
def enrolment(person: dict, was_member: bool) -> None:
    """The way into a programme for a guest who is in none; nothing for a role that enrols nobody."""
    if not view().scope.may("loyalty"):
        return
    known = look(programme.programmes)
    if not known and not view().scope.may("settings"):
        return
    with panel(t("Not a member any more") if was_member else t("Not a member yet"), None, height="content"):
        if not known:
            small(safe(t("There is no loyalty programme yet.")), grey=True)
            st.page_link(PAGES / "programme.py", label=t("Set up a programme"), icon=":material/tune:")
            return
        _enrol(person, {row["id"]: row["name"] for row in known})


def _enrol(person: dict, known: dict[int, str]) -> None:
    name = f"enrol_{person['id']}"
    with _asking(name, t("Enrol"), ":material/person_add:") as form:
        with st.form(f"{name}_{form}_fields", border=False):
            if len(known) > 1:
                st.selectbox(t("Programme"), list(known), format_func=known.get, key=f"programme_{form}")
            st.selectbox(t("Joins by"), WAYS, format_func=lambda way: t(VIA[way]), key=f"via_{form}")
            st.text_input(t("Number"), key=f"number_{form}", max_chars=memberships.LONGEST_NUMBER, placeholder=t("Empty: one is drawn"))
            st.form_submit_button(t("Enrol this guest"), on_click=_enrolled, args=(name, form, person["id"], next(iter(known))))


def _enrolled(name: str, form: str, guest: int, first: int) -> None:
    _do(name, t("Enrolled."), lambda: act(
        memberships.enrol, guest_id=guest, programme_id=_typed(form, "programme") or first, key=form, via=_typed(form, "via") or "",
        number=_typed(form, "number") or ""))  # fmt: skip


# --- the row of actions -------------------------------------------------------------------------------------------------
def row(person: dict, member: dict, members: list[dict]) -> None:
    """Draw what can be done with an open account; the caller has checked the right, and the records check it again."""
    with st.container(horizontal=True, gap="xsmall"):
        _adjust(member)
        _reverse(member)
        _tier(member)
        _code(member)
        _join(person, member, members)


def _adjust(member: dict) -> None:
    name = f"adjust_{member['id']}"
    with _asking(name, t("Adjust"), ":material/tune:", t("Give points, or take some")) as form:
        with st.form(f"{name}_{form}_fields", border=False):
            st.number_input(t("Points"), value=None, step=1, key=f"points_{form}", placeholder=t("Below zero: takes points"))
            _reason(form)
            st.form_submit_button(t("Adjust points"), on_click=_adjusted, args=(name, form, member["id"]))


def _reason(form: str) -> None:
    st.text_area(t("Reason"), key=f"reason_{form}", max_chars=points.LONGEST_REASON, height=80, placeholder=t("Everyone who may see this guest sees it"))


def _adjusted(name: str, form: str, member: int) -> None:
    _do(name, t("Points adjusted."), lambda: act(
        points.adjust_points, membership_id=member, points=int(_typed(form, "points") or 0), reason=_typed(form, "reason") or "", key=form))  # fmt: skip


def _reverse(member: dict) -> None:
    rows = {row["id"]: row for row in member["ledger"] if row["kind"] in words.REVERSIBLE and not row["was_reversed"]}
    if not rows:
        return
    name = f"reverse_{member['id']}"
    with _asking(name, t("Take back"), ":material/undo:", t("Take a movement back: it stays in the ledger, with its reversal")) as form:
        with st.form(f"{name}_{form}_fields", border=False):
            st.selectbox(t("Movement"), list(rows), index=None, format_func=lambda id_: words.choice(rows[id_]), key=f"entry_{form}",
                         placeholder=t("Choose a movement"))
            _reason(form)
            st.form_submit_button(t("Take it back"), on_click=_reversed, args=(name, form))


def _reversed(name: str, form: str) -> None:
    _do(name, t("The movement was taken back."), lambda: act(
        points.reverse_entry, id=_typed(form, "entry") or 0, reason=_typed(form, "reason") or "", key=form))  # fmt: skip


# --- tiers by hand ------------------------------------------------------------------------------------------------------
def _tier(member: dict) -> None:
    name, today = f"tier_{member['id']}", view().scope.as_of
    lasting = [one for one in member["overrides"] if one["ends_on"] > today and not one["ended_on"]]
    with _asking(name, t("Tier"), ":material/military_tech:", t("Give a tier by hand, or end one")) as form:
        for one in lasting:
            small(safe(words.override(one)))
            st.button(t("End it today"), key=f"end_{one['id']}_{form}", on_click=_tier_ended, args=(name, one["id"], one["version"]))
        with st.form(f"{name}_{form}_fields", border=False):
            _which(member, form)
            st.date_input(t("From"), today, min_value=today, key=f"from_{form}", format="YYYY-MM-DD")
            st.date_input(t("Until before"), today + GIFT, min_value=today, key=f"until_{form}", format="YYYY-MM-DD")
            _reason(form)
            st.form_submit_button(t("Give this tier"), on_click=_tier_given, args=(name, form, member["id"]))


def _which(member: dict, form: str) -> None:
    if member["rules"]:
        st.selectbox(t("Tier"), [tier.name for tier in member["rules"].tiers], index=None, key=f"tier_{form}", placeholder=t("Choose a tier"))
    else:
        st.text_input(t("Tier"), key=f"tier_{form}", max_chars=memberships.LONGEST_TIER)


def _tier_given(name: str, form: str, member: int) -> None:
    today = view().scope.as_of
    _do(name, t("The tier was given."), lambda: act(
        memberships.set_override, membership_id=member, tier=_typed(form, "tier") or "", reason=_typed(form, "reason") or "",
        from_on=_typed(form, "from") or today, until_on=_typed(form, "until") or today))  # fmt: skip


def _tier_ended(name: str, id_: int, version: int) -> None:
    _do(name, t("The tier by hand was ended."), lambda: act(memberships.end_override, id=id_, version=version))


# --- codes and accounts -------------------------------------------------------------------------------------------------
def _code(member: dict) -> None:
    name, standing = f"code_{member['id']}", next((code for code in member["codes"] if not code["ended_on"]), None)
    with _asking(name, t("Code"), ":material/campaign:", t("A code by which the member recommends the house")):
        if standing is None:
            st.button(t("Issue a code"), key=f"issue_{member['id']}", on_click=_code_issued, args=(name, member["id"]))
            return
        st.code(standing["code"], language=None)
        st.button(t("End this code"), key=f"end_code_{standing['id']}", on_click=_code_ended, args=(name, standing["id"], standing["version"]))


def _code_issued(name: str, member: int) -> None:
    _do(name, t("The code was issued."), lambda: act(referrals.issue_code, membership_id=member))


def _code_ended(name: str, id_: int, version: int) -> None:
    _do(name, t("The code was ended."), lambda: act(referrals.end_code, id=id_, version=version))


def _join(person: dict, member: dict, members: list[dict]) -> None:
    """Offer to bring the points of the person's other open accounts of the programme into this one."""
    others = [one for one in members if one["id"] != member["id"] and not one["closed_on"] and one["programme_id"] == member["programme_id"]]
    if not others:
        return
    name = f"join_{member['id']}"
    with _asking(name, t("Join the accounts"), ":material/merge:"):
        st.markdown(safe(t("The points of {accounts} move into this account with their ages and ends, and those accounts are closed.",
                           accounts=formats.listed([plain(one["number"]) or str(one["id"]) for one in others]))))
        st.button(t("Join them here"), key=f"join_here_{member['id']}", on_click=_joined, args=(name, person["id"], member))


def _joined(name: str, guest: int, member: dict) -> None:
    _do(name, t("The accounts were joined."), lambda: act(joining.join_accounts, guest_id=guest, into=member["id"], version=member["version"]))
