"""The plan of a campaign: what is sent to whom and when, what it costs, what is expected and when that is read; fixed before the first message."""
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import N_, t
from crm_core.records import campaigns as records
from crm_core.schema import CAMPAIGN_PURPOSES, CONSENT_CHANNELS, PRIMARY_KPIS
from crm_core.ui import campaign_words
from crm_core.ui import planning_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import PAGES, filled, panel, small, told
from crm_core.ui.text import plain, safe

NEW = 0
MONEY = {"cost_minor": N_("Media and printing"), "discount_minor": N_("Discounts given"), "staff_minor": N_("Work"), "budget_minor": N_("Budget")}
WINDOW = 30


def card() -> None:
    """Choose a plan or begin one; a fixed plan shows what can still change."""
    plans = {row["id"]: row for row in look(records.campaign_plans, view().whole) if row["status"] in ("planned", "fixed")}
    with panel(t("Plan a campaign"), t("Write down what you expect, and fix it before the first message: later nobody can say it was meant otherwise"),
               height="content"):
        if not view().scope.may("campaign"):
            small(safe(t("Your role can read plans, not change them.")), grey=True)
            return
        st.selectbox(t("Plan"), [NEW, *plans], format_func=lambda id_: plain(plans[id_]["name"]) if id_ else t("A new campaign"), key="plan", width=360)
        row = plans.get(st.session_state.get("plan") or NEW)
        if row:
            tone, state = words.STATUSES[row["status"]]
            st.markdown(f":{tone}-badge[{safe(t(state))}]")
        _form(row)
        if row:
            _next(row)


def _form(row: dict | None) -> None:
    key = f"plan_{row['id']}_{row['version']}" if row else f"plan_new_{st.session_state.get('plans_made', 0)}"
    fixed = bool(row and row["fixed_at"])
    with st.form(key, border=False):
        said = _what(row, key, fixed) | _money(row, key) | _expected(row, key, fixed)
        if st.form_submit_button(t("Save plan"), type=filled()):
            _save(row, said, fixed)


def _what(row: dict | None, key: str, fixed: bool) -> dict:
    value = lambda name, usual: row[name] if row else usual  # noqa: E731
    with st.grid(3, min_column_width=200, gap="small"):
        name = st.text_input(t("Name"), value("name", ""), key=f"{key}_name", max_chars=80, disabled=fixed)
        purpose = st.selectbox(t("Purpose"), CAMPAIGN_PURPOSES, CAMPAIGN_PURPOSES.index(value("purpose", "marketing")), key=f"{key}_purpose", disabled=fixed,
                               format_func=lambda code: t(campaign_words.PURPOSES[code]))
        channel = st.selectbox(t("Channel"), CONSENT_CHANNELS, CONSENT_CHANNELS.index(value("channel", "email")), key=f"{key}_channel", disabled=fixed,
                               format_func=lambda code: t(campaign_words.MEDIUMS[code]))
        offer = st.text_input(t("Offer"), value("offer", ""), key=f"{key}_offer", max_chars=200, disabled=fixed)
        planned_on = st.date_input(t("Day of sending"), value("planned_on", None), key=f"{key}_day", disabled=fixed)
        window = st.number_input(t("Bookings count for days"), 1, 730, value("window_days", WINDOW), key=f"{key}_window", disabled=fixed)
    return {"name": name, "purpose": purpose, "channel": channel, "offer": offer, "planned_on": planned_on, "window_days": int(window)}


def _money(row: dict | None, key: str) -> dict:
    currency = (row and row["currency"]) or view().currency
    whole = 10 ** formats.exponent(currency)
    with st.grid(4, min_column_width=140, gap="small"):
        amounts = {name: st.number_input(f"{t(label)}, {currency}", 0.0, None, row[name] / whole if row and row[name] is not None else None, key=f"{key}_{name}")
                   for name, label in MONEY.items()}
    return {name: None if amount is None else round(amount * whole) for name, amount in amounts.items()} | {"currency": currency}


def _expected(row: dict | None, key: str, fixed: bool) -> dict:
    value = lambda name, usual: row[name] if row and row[name] is not None else usual  # noqa: E731
    hypothesis = st.text_area(t("What do you expect?"), value("hypothesis", ""), key=f"{key}_hypothesis", max_chars=600, height=80, disabled=fixed,
                              placeholder=t("Guests who have been away for a year book more often when they are offered a third night."))
    with st.grid(4, min_column_width=150, gap="small"):
        kpi = st.selectbox(t("Measured by"), PRIMARY_KPIS, PRIMARY_KPIS.index(value("primary_kpi", "booked")), key=f"{key}_kpi", disabled=fixed,
                           format_func=lambda code: t(campaign_words.KPIS[code]))
        people = st.number_input(t("People planned"), 1, 10**7, value("planned_people", None), key=f"{key}_people", disabled=fixed)
        held = st.number_input(t("Held out by lot, %"), 0, 50, value("holdout_bp", 1000) // 100, key=f"{key}_held", disabled=fixed)
        stop_on = st.date_input(t("Result is read on"), value("stop_on", None), key=f"{key}_stop", disabled=fixed)
    groups = st.multiselect(t("Groups that will be looked at, named before"), list(campaign_words.TRAITS), value("groups", []), key=f"{key}_groups",
                            max_selections=3, placeholder=t("Choose"), format_func=lambda code: t(campaign_words.TRAITS[code]), disabled=fixed)
    return {"hypothesis": hypothesis, "primary_kpi": kpi, "planned_people": people and int(people), "holdout_bp": int(held) * 100, "stop_on": stop_on,
            "groups": list(groups)}


def _save(row: dict | None, said: dict, fixed: bool) -> None:
    if fixed:
        said = {name: said[name] for name in (*MONEY, "currency")}
    with told():
        if row:
            act(records.change_plan, view().whole, id=row["id"], version=row["version"], values=_changed(row, said))
        else:
            name = said.pop("name")
            act(records.plan_campaign, name=name, values=said)
            st.session_state["plans_made"] = st.session_state.get("plans_made", 0) + 1
        jobs.start_refresh(view().settings)
        st.toast(t("Plan saved."), icon=":material/check:")
        st.rerun()


def _changed(row: dict, said: dict) -> dict:
    """The values that differ; amounts keep their currency beside them."""
    found = {name: value for name, value in said.items() if value != row[name]}
    return found | ({"currency": said["currency"]} if found.keys() & MONEY.keys() else {})


def _next(row: dict) -> None:
    """What comes after saving: draw who is written to, fix, put away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        fixing = not row["fixed_at"] and st.button(t("Fix before the first message"), icon=":material/lock:", key=f"fix_{row['id']}",
                                                   help=t("From then on only costs and the budget can change."))
        st.page_link(PAGES / "audiences.py", label=t("Draw its audience"), icon=":material/group_add:")
        with st.popover(t("Put away"), icon=":material/archive:", key=f"away_{row['id']}"):
            st.markdown(safe(t("The plan goes off the lists; its figures stay.")))
            if st.button(t("Put the plan away"), key=f"away_{row['id']}_yes"):
                with told():
                    act(records.archive_campaign, view().whole, id=row["id"], version=row["version"])
                    st.session_state["plan"] = NEW
                    st.rerun()
    if fixing:
        with told():
            act(records.fix_plan, view().whole, id=row["id"], version=row["version"])
            st.rerun()
    if row["stop_on"] and row["stop_on"] > view().scope.as_of:
        small(safe(t("The result is read once, on {day}.", day=formats.date(row["stop_on"]))), grey=True)
