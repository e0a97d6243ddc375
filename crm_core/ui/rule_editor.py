"""The rule builder: groups within groups, each condition with a field, a comparison and a typed value; it writes into a draft."""
import datetime as dt

import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.marts.fields import FIELDS, Field
from crm_core.rule import BARE, DEEPEST, LARGEST, OPERATORS
from crm_core.ui import rule_words
from crm_core.ui.load import load, view
from crm_core.ui.rule_draft import Draft, Part
from crm_core.ui.text import plain

JOINS = {"all": N_("All of these hold"), "any": N_("At least one holds"), "none": N_("None of these holds"), "not_all": N_("Not all of these hold")}
# What a new condition starts from, so that it can be counted at once.
FIRST = {"number": 1, "money": 0, "days": 365, "share": 0.5, "times": 1.5, "score": 9.0}
STEPS = {"share": 1.0, "times": 0.1, "score": 0.1}
LATEST = dt.date(2200, 1, 1)


def names() -> dict[str, dict]:
    """Return the names of choices that only the data knows: properties and channels."""
    return {"properties": load("properties").set_index("property_id")["name"].to_dict(), "channels": load("channels").set_index("channel")["name"].to_dict()}


def edit(draft: Draft, key: str) -> None:
    """Draw a draft with everything in it; what is changed on the page is changed in the draft."""
    _group(draft, draft.root, key, 1)


def _group(draft: Draft, group: Part, key: str, depth: int) -> None:
    with st.container(border=depth > 1, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            group.join = st.selectbox(t("How the parts are joined"), list(JOINS), index=list(JOINS).index(group.join), format_func=lambda join: t(JOINS[join]),
                                      key=f"{key}_{group.number}_join", label_visibility="collapsed", width=210)
            _buttons(draft, group, key, depth)
        for part in group.parts:
            if part.join:
                _group(draft, part, key, depth + 1)
            else:
                _condition(draft, part, key)


def _buttons(draft: Draft, group: Part, key: str, depth: int) -> None:
    st.button(t("Condition"), icon=":material/add:", key=f"{key}_{group.number}_add", on_click=draft.add_condition, args=(group,))
    if depth < DEEPEST:
        st.button(t("Subgroup"), icon=":material/add:", key=f"{key}_{group.number}_group", on_click=_with_condition, args=(draft, group))
    if depth > 1:
        st.button("", icon=":material/close:", key=f"{key}_{group.number}_out", type="tertiary", help=t("Remove this group"), on_click=draft.remove,
                  args=(group.number,))


def _with_condition(draft: Draft, group: Part) -> None:
    draft.add_condition(draft.add_group(group))


def _condition(draft: Draft, part: Part, key: str) -> None:
    own = f"{key}_{part.number}"
    with st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="xsmall"):
        with st.container():
            what, how, value = st.columns([2.2, 1.5, 2.3], gap="xsmall")
            _choose(part, what, how, own)
            if part.operator not in BARE:
                with value:
                    part.value = _value(FIELDS[part.field], part, f"{own}_{part.field}_{part.operator}")
        st.button("", icon=":material/close:", key=f"{own}_out", type="tertiary", help=t("Remove this condition"), on_click=draft.remove, args=(part.number,))


def _choose(part: Part, what, how, own: str) -> None:
    """Draw the choices of field and comparison; another choice begins with a value that can be counted."""
    field = what.selectbox(t("Field"), list(FIELDS), index=list(FIELDS).index(part.field), format_func=_field_name, key=f"{own}_field",
                           label_visibility="collapsed")
    if field != part.field:
        part.field, part.operator = field, OPERATORS[FIELDS[field].type][0]
        part.value = _start(FIELDS[field], part.operator)
    offered = OPERATORS[FIELDS[field].type]
    operator = how.selectbox(t("Comparison"), list(offered), index=offered.index(part.operator), key=f"{own}_is_{field}",
                             format_func=lambda name: rule_words.operator_name(FIELDS[field].type, name), label_visibility="collapsed")
    if operator != part.operator:
        part.operator, part.value = operator, _start(FIELDS[field], operator, part.value, part.operator)


def _field_name(key: str) -> str:
    return f"{t(FIELDS[key].heading)} · {t(FIELDS[key].name)}"


def _start(field: Field, operator: str, before: object = None, was: str = "") -> object:
    """Return what a value begins with when field or comparison are chosen; a value of the same shape stays."""
    shape = lambda name: "pair" if name == "between" else "list" if name in rule_words.CHOSEN else "days" if name in rule_words.IN_DAYS else "one"  # noqa: E731
    if operator in BARE:
        return None
    if was and was not in BARE and shape(was) == shape(operator):
        return before
    if shape(operator) in ("list", "days"):
        return [] if shape(operator) == "list" else 365
    one = FIRST.get(field.type, view().scope.as_of.replace(month=1, day=1))
    return [one, one] if operator == "between" else one


def _value(field: Field, part: Part, key: str) -> object:
    if part.operator in rule_words.CHOSEN:
        return _choices(field, part.value, key)
    if part.operator in rule_words.IN_DAYS:
        return st.number_input(t("Days"), 1, 36_500, part.value, 1, key=key, label_visibility="collapsed")
    if part.operator != "between":
        return _one(field, part.value, key)
    low, high = st.columns(2, gap="xsmall")
    given = part.value if isinstance(part.value, list) and len(part.value) == 2 else [None, None]
    with low:
        first = _one(field, given[0], f"{key}_low")
    with high:
        return [first, _one(field, given[1], f"{key}_high")]


def _choices(field: Field, chosen: list, key: str) -> list:
    offered = list(field.choices) if field.choices else load("field_choices", field=field.key)["value"].tolist()
    offered += [code for code in chosen or [] if code not in offered]
    known = names()
    return st.multiselect(t("Choices"), offered, chosen or [], format_func=lambda code: plain(rule_words.choice_name(field, code, known)), key=key,
                          placeholder=t("Choose"), label_visibility="collapsed")


def _one(field: Field, value, key: str):
    """An input for one value of a field, and what was given, in the unit of the rule; None while it is empty."""
    if field.type in ("date", "ahead"):
        return st.date_input(t("Date"), value, dt.date(1900, 1, 1), LATEST, key=key, label_visibility="collapsed", format="YYYY-MM-DD")
    if field.type == "money":
        return _money(value, key)
    hundred, step = 100 if field.type == "share" else 1, STEPS.get(field.type)
    least, most = (limit * hundred for limit in field.range or (-LARGEST, LARGEST))
    shown = value if value is None else value * hundred
    if step is None:
        return st.number_input(t("Value"), least, most, shown, 1, key=key, label_visibility="collapsed")
    given = st.number_input(t("Value"), float(least), float(most), None if shown is None else round(shown, 6), step, key=key,
                            format="%.1f", icon=":material/percent:" if field.type == "share" else None, label_visibility="collapsed")
    return None if given is None else round(given / hundred, 8)


def _money(value: int | None, key: str) -> int | None:
    """An amount in whole units; one with cents that is not touched keeps them."""
    currency = view().currency
    units = 10 ** formats.exponent(currency)
    shown = None if value is None else value // units
    given = st.number_input(currency, -LARGEST // units, LARGEST // units, shown, 100, key=key, label_visibility="collapsed", placeholder=currency)
    return value if given == shown else None if given is None else int(given) * units
