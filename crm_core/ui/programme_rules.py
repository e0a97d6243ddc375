"""A programme and the draft of its rules: tables and fields that are edited and checked; nothing is saved before its button."""
from uuid import uuid4

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t
from crm_core.programme.rules import DEFAULT, BadRules, Rules, parse, said
from crm_core.records import programme as records
from crm_core.records.registry import Refused, Stale
from crm_core.ui import programme_rules_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import panel
from crm_core.ui.text import plain, safe


# --- which programme ----------------------------------------------------------------------------------------------------
def chosen() -> dict | None:
    """Return the programme that is worked on, None where there is none yet."""
    found = {row["id"]: row for row in look(records.programmes)}
    if len(found) > 1:
        st.selectbox(t("Programme"), list(found), format_func=lambda id_: found[id_]["name"], key="programme", width=320)
    return found.get(st.session_state.get("programme")) or next(iter(found.values()), None)


def versions_of(row: dict) -> list[dict]:
    """Return the versions of a programme's rules, newest first."""
    return look(records.rules_versions, programme_id=row["id"])


def head(row: dict, versions: list[dict]) -> None:
    """The programme's name and currency, and which rules are in force."""
    now = next((one for one in versions if one["from_on"] <= view().scope.as_of), None)
    line = t("No rules are in force: tiers are as the source says")
    if now:
        line = t("Version {number} in force since {day}", number=now["number"], day=formats.date(now["from_on"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{safe(row['name'])}** :small[:gray[{safe(row['currency'])} · {safe(line)}]]", width="stretch")
        if view().scope.may("settings"):
            with st.popover(t("Name and currency"), icon=":material/edit:", key=f"rename_{row['version']}"):
                _fields(row)
            with st.popover(t("Add a programme"), icon=":material/add:", key=f"another_{row['id']}"):
                _fields(None)


def first() -> None:
    """The way to the first programme."""
    with panel(t("There is no loyalty programme yet"), t("Rules, points and tiers belong to a programme"), height="content"):
        st.markdown(safe(t("Members that were imported before are taken into the first programme; without rules their tiers stay as the source says.")))
        if view().scope.may("settings"):
            _fields(None)


def _fields(row: dict | None) -> None:
    key = f"programme_{row['id'] if row else 'new'}"
    with st.form(key, border=False, clear_on_submit=False):
        st.text_input(t("Name"), row["name"] if row else "", key=f"{key}_name", max_chars=records.LONGEST_NAME)
        st.text_input(t("Currency"), row["currency"] if row else view().currency, key=f"{key}_currency", max_chars=3)
        if row is None:
            st.text_input(t("Code"), key=f"{key}_code", max_chars=40, placeholder=t("As files name it: small letters, such as club"))
        st.form_submit_button(t("Save"), on_click=_save_programme, args=(key, row))
    if problem := st.session_state.get(f"{key}_problem"):
        st.error(safe(problem), icon=":material/error:")


def _save_programme(key: str, row: dict | None) -> None:
    name, currency = (str(st.session_state.get(f"{key}_{what}") or "") for what in ("name", "currency"))
    own = {"id": row["id"], "version": row["version"]} if row else {"code": str(st.session_state.get(f"{key}_code") or "").strip()}
    st.session_state.pop(f"{key}_problem", None)
    try:
        made = act(records.save_programme, name=name, currency=currency.upper(), **own)
    except Refused as problem:
        st.session_state[f"{key}_problem"] = t(str(problem))
    except Stale as told_by:
        stands = t("Somebody else changed this meanwhile: it is now called {name}, in {currency}. Save again to replace that.",
                   name=plain(told_by.current["name"]), currency=told_by.current["currency"])
        st.session_state[f"{key}_problem"] = stands
    else:
        st.session_state["programme"] = made
        for what in () if row else ("name", "currency", "code"):
            st.session_state.pop(f"{key}_{what}", None)
        st.toast(t("Saved."), icon=":material/check:")
        jobs.start_refresh(view().settings)


# --- the draft ----------------------------------------------------------------------------------------------------------
def opened(row: dict, versions: list[dict]) -> dict:
    """Return the draft's beginning: the rules as they were read, the number of the latest version then, and the draft's own number."""
    key = f"rules_{row['id']}"
    if key not in st.session_state:
        begin(row["id"], versions[0]["rules"] if versions else said(DEFAULT), row["number"])
    return st.session_state[key]


def begin(programme_id: int, rules: dict, number: int) -> None:
    """Begin a draft with these rules, beside the version of a number as the latest that was seen."""
    st.session_state[f"rules_{programme_id}"] = {"rules": said(parse(rules)), "number": number, "form": uuid4().hex}


def editor(row: dict, start: dict) -> dict:
    """Draw the rules as tables and fields, and return the draft as rules.said() would write it, right or wrong."""
    may, form, rules = view().scope.may("settings"), start["form"], start["rules"]
    law = t("From the lowest up; reaching any one of the measures is enough. Without anything to keep it, a tier is never lost again.")
    with panel(t("Tiers"), law, height="content"):
        tiers = _table("tiers", form, words.tier_rows(rules), _tier_columns(), may)
        counting = _counting(form, rules, may)
    left, right = st.columns(2)
    with left, panel(t("Earning"), t("Points for {currency} 1 by kind of spend, before the tier's factor", currency=row["currency"])):
        kinds = list(dict.fromkeys([*words.SPENDS, *rules["earn"]]))
        earn = _table("earn", form, [{"spend": kind, "points": rules["earn"].get(kind)} for kind in kinds], _earn_columns(kinds), may, "fixed")
    with right, panel(t("Welcome, expiry and worth"), t("What a new member gets, when points end, and what they are worth")):
        rest = _rest(form, rules, row["currency"], may)
    said_of = t("From a day on, until before another, some spend earns more; the highest factor counts. Without tiers: for everybody")
    with panel(t("Promotions"), said_of, height="content"):
        names = [tier["name"] for tier in words.tiers_of(tiers) if tier["name"]]
        promotions = _table("promotions", form, words.promotion_rows(rules), _promotion_columns(kinds, names), may)
    return {"tiers": words.tiers_of(tiers), **counting, "earn": words.earn_of(earn), **rest, "promotions": words.promotions_of(promotions)}


def _table(name: str, form: str, rows: list[dict], columns: dict, may: bool, length: str = "dynamic") -> list[dict]:
    """Draw a table that is edited, and return its rows as they are now; an empty cell is None."""
    frame = pd.DataFrame(rows, columns=list(columns)).astype({c: "Float64" for c in columns if c.startswith(("qualify", "retain", "factor", "points"))})
    edited = st.data_editor(frame, key=f"{name}_{form}", hide_index=True, column_config=columns, disabled=not may, row_height=34, alt=name, placeholder="",
                            num_rows=length if may else "fixed")  # fmt: skip
    return edited.astype(object).where(edited.notna(), None).to_dict("records")


def _number(label: str, **options):
    return st.column_config.NumberColumn(label, min_value=0, **options)


def _tier_columns() -> dict:
    return {
        "name": st.column_config.TextColumn(t("Tier"), required=True, pinned=True, max_chars=60),
        "qualify_nights": _number(t("Nights to reach"), step=1), "qualify_stays": _number(t("or stays"), step=1), "qualify_points": _number(t("or points"), step=1),
        "retain_nights": _number(t("Nights to keep"), step=1), "retain_stays": _number(t("or stays"), step=1), "retain_points": _number(t("or points"), step=1),
        "factor": _number(t("Earns by"), step=0.05, format="%.2f"),
    }  # fmt: skip


def _earn_columns(kinds: list[str]) -> dict:
    return {"spend": st.column_config.SelectboxColumn(t("Spend"), options=kinds, format_func=words.spend_name, disabled=True),
            "points": _number(t("Points"), step=0.1, format="%g")}


def _promotion_columns(kinds: list[str], tiers: list[str]) -> dict:
    return {
        "name": st.column_config.TextColumn(t("Promotion"), required=True, max_chars=60), "from_on": st.column_config.DateColumn(t("From")),
        "until_on": st.column_config.DateColumn(t("Until before")),
        "spend": st.column_config.MultiselectColumn(t("Spend"), options=kinds, format_func=words.spend_name),
        "factor": st.column_config.NumberColumn(t("Earns by"), min_value=1.0, step=0.5, format="%.2f"),
        "tiers": st.column_config.MultiselectColumn(t("Only for"), options=tiers),
    }  # fmt: skip


def _counting(form: str, rules: dict, may: bool) -> dict:
    with st.container(horizontal=True):
        window = st.selectbox(t("Counted over"), list(words.WINDOWS), list(words.WINDOWS).index(rules["window"]), format_func=lambda one: t(words.WINDOWS[one]),
                              key=f"window_{form}", disabled=not may, width=280)  # fmt: skip
        fixed = not may or window == "calendar"
        months = st.number_input(t("Months counted"), 1, 240, rules["window_months"], key=f"window_months_{form}", disabled=fixed, width=160)
        valid = st.number_input(t("Months a tier holds"), 1, 240, rules["valid_months"], key=f"valid_months_{form}", disabled=fixed, width=160)
    return {"window": window, "window_months": int(months), "valid_months": int(valid)}


def _rest(form: str, rules: dict, currency: str, may: bool) -> dict:
    whole = 10 ** formats.exponent(currency)
    welcome = st.number_input(t("Points of welcome"), 0, 10**9, rules["welcome"], key=f"welcome_{form}", disabled=not may)
    expiry = st.selectbox(t("Points expire"), list(words.EXPIRIES), list(words.EXPIRIES).index(rules["expiry"]), format_func=lambda one: t(words.EXPIRIES[one]),
                          key=f"expiry_{form}", disabled=not may)  # fmt: skip
    months = st.number_input(t("Months until then"), 1, 240, rules["expiry_months"], key=f"expiry_months_{form}", disabled=not may or expiry == "none")
    worth = st.number_input(t("Worth of 1,000 points, {currency}", currency=currency), 0.0, 1e7, rules["value_per_1000"] / whole, 1 / whole,
                            key=f"worth_{form}", disabled=not may,
                            help=t("Used where no redemption of the last 12 months says what a point is worth"))  # fmt: skip
    return {"welcome": int(welcome), "expiry": expiry, "expiry_months": int(months), "value_per_1000": round(worth * whole)}


def checked(draft: dict) -> Rules | None:
    """Return the draft's rules; None, with a sentence of what is wrong, where they cannot be meant."""
    try:
        return parse(draft)
    except BadRules as wrong:
        st.error(safe(t(wrong.message, **wrong.values)), icon=":material/error:")
        return None


def follow(row: dict, start: dict, versions: list[dict], rules: Rules | None) -> None:
    """Begin anew with the latest version where somebody saved one, and nothing was changed in the draft that would be lost."""
    if versions and start["number"] < row["number"] and rules == parse(start["rules"]):
        begin(row["id"], versions[0]["rules"], row["number"])
        st.rerun()
