"""The loyalty card of a guest: tier and the way to the next, points with their ends, the ledger, codes, and what can be done."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import t, tn
from crm_core.records.guests import names
from crm_core.records.member_card import memberships_of
from crm_core.ui import guest_loyalty_actions as actions
from crm_core.ui import guest_loyalty_words as words
from crm_core.ui.load import load, look, view
from crm_core.ui.loyalty_words import tier_badge
from crm_core.ui.parts import guest_link, panel, small, table_height
from crm_core.ui.text import plain, safe

FIRST_ENDS, FIRST_ROWS, FIRST_LOTS = 3, 4, 100


def memberships(person: dict) -> list[dict]:
    """Return the guest's memberships, the open ones first."""
    return look(memberships_of, guest_id=person["id"])


def badges(person: dict, members: list[dict]) -> list[str]:
    """Return the badges of the head: the tier and since when, of the first account that is open."""
    open_ = next((one for one in members if not one["closed_on"]), None)
    if open_ is None:
        return []
    now = open_["standing"]
    tier = [tier_badge(now.tier, now.rank)] if now and now.tier else []
    if _stage(person) == "member":  # its badge says since when
        return tier
    return [*tier, f":gray-badge[{safe(t('member since {year}', year=formats.year(open_['enrolled_on'])))}]"]


def _stage(person: dict) -> str | None:
    stages = load("guest_stages", guest=person["id"]) if view().warehouse else pd.DataFrame({"is_current": [], "stage": []})
    return next(iter(stages.loc[stages["is_current"] == 1, "stage"]), None)


def cards(person: dict, members: list[dict]) -> None:
    """A card for each account of the guest, and the way into a programme for who has none that is open."""
    for member in members:
        with panel(words.title(member), words.since(member), height="content"):
            _closed(member, members) if member["closed_on"] else _open(person, member, members)
    if not any(not one["closed_on"] for one in members):
        actions.enrolment(person, bool(members))


def _closed(member: dict, members: list[dict]) -> None:
    into = next((one for one in members if one["id"] == member["joined_to"]), None)
    if into:
        small(safe(t("Its points moved to the account {number}.", number=into["number"] or into["id"])), grey=True)
    _ledger(member)


def _open(person: dict, member: dict, members: list[dict]) -> None:
    _tier(member)
    _points(member)
    _ledger(member)
    _codes(member)
    if view().scope.may("loyalty"):
        actions.row(person, member, members)


# --- tier ---------------------------------------------------------------------------------------------------------------
def _tier(member: dict) -> None:
    now = member["standing"]
    if now is None:
        small(safe(t("The membership begins on {day}.", day=formats.date(member["enrolled_on"]))), grey=True)
        return
    st.markdown(f"{tier_badge(now.tier, now.rank)} :small[{safe(words.keeps(now))}]")
    if said := words.progress(now, member["counts_until"], member["rules"]):
        st.progress(min(now.has / now.wants, 1.0), safe(said))
    if member["rules"] is None:
        small(safe(t("The programme has no rules here yet: the tier is what the source says.")), grey=True)
    for one in member["overrides"]:
        if one["ends_on"] > view().scope.as_of:
            small(f":material/front_hand: {safe(words.override(one))}", grey=True)


# --- points -------------------------------------------------------------------------------------------------------------
def _points(member: dict) -> None:
    currency = member["currency"]
    if said := words.worth(member["balance"], member["rules"], currency):
        small(f":material/savings: {safe(said)}")
    for day, points in member["expiring"][:FIRST_ENDS]:
        said = tn("{n} point expires on {day}", "{n} points expire on {day}", points, n=formats.count(points), day=formats.date(day))
        small(f":material/hourglass_bottom: {safe(said)}")
    if sentences := words.next_stay(member["next_stay"], member["standing"], currency):
        small(f":material/event_upcoming: {safe(' '.join(sentences))}")


def _ledger(member: dict) -> None:
    """The last movements with the balance after each; all of them, and the lots that are open, behind one line."""
    rows = member["ledger"]
    if not rows:
        small(safe(t("No points have moved yet.")), grey=True)
        return
    _table(rows[:FIRST_ROWS], f"last_{member['id']}", t("Last movements"))
    if len(rows) > FIRST_ROWS or member["lots"]:
        with st.expander(t("Movements and open points"), icon=":material/receipt_long:"):
            _table(rows, f"ledger_{member['id']}", t("Movements"))
            _lots(member)


def _table(rows: list[dict], key: str, alt: str) -> None:
    frame = pd.DataFrame({
        t("Date"): [formats.date(row["posted_on"]) for row in rows], t("Movement"): [words.movement(row) for row in rows],
        t("Points"): [formats.signed(row["points"]) for row in rows], t("Balance"): [formats.count(row["balance"]) for row in rows]})  # fmt: skip
    right = {name: st.column_config.TextColumn(alignment="right", width="small") for name in (t("Points"), t("Balance"))}
    st.dataframe(frame, hide_index=True, row_height=34, height=table_height(len(rows), 8), key=key, alt=alt, column_config=right)


def _lots(member: dict) -> None:
    if not member["lots"]:
        return
    issued, points, ends = zip(*(words.lot(one) for one in member["lots"][:FIRST_LOTS]), strict=True)
    frame = pd.DataFrame({t("Issued"): issued, t("Open points"): points, t("Expire on"): ends})
    right = {t("Open points"): st.column_config.TextColumn(alignment="right")}
    st.dataframe(frame, hide_index=True, row_height=34, height=table_height(len(frame), 8), key=f"lots_{member['id']}", alt=t("Open points by issue"),
                 column_config=right)  # fmt: skip
    small(safe(t("Redemptions take the oldest points first; points of unknown age count as the oldest.")), grey=True)


# --- codes --------------------------------------------------------------------------------------------------------------
def _codes(member: dict) -> None:
    """The codes by which the member recommends the house, and who came by them."""
    for code in member["codes"]:
        ended = t("ended on {day}", day=formats.date(code["ended_on"])) if code["ended_on"] else words.invited(code)
        small(f":material/campaign: {safe(t('Code {code}', code=code['code']))} :gray[· {safe(ended)}]")
        came = list(dict.fromkeys(one["guest_id"] for one in code["invitations"] if one["guest_id"]))
        known = look(names, ids=tuple(came)) if came else {}
        for guest in came:
            guest_link(guest, plain(known.get(guest)), icon=":material/person:")
