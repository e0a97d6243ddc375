"""The routing rules as they are asked one after the other: changed, moved, switched off, added, and tried on the last hundred cases."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records.case_rules import (
    KNOWN,
    case_rules,
    move_case_rule,
    save_case_rule,
    start_with_rules,
    switch_case_rule,
    try_case_rules,
)
from crm_core.service.routing import FITS, SETS
from crm_core.telling import case_words, feedback_words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import panel, small, table_height, told
from crm_core.ui.text import plain, safe

LOOKS_AT = {"kind": N_("Kind"), "aspect": N_("Aspect"), "severity": N_("Severity"), "property": N_("Property code"), "platform": N_("Platform"),
            "concern": N_("Concern"), "room": N_("Room"), "block": N_("Block"), "language": N_("Language code"), "opened_from": N_("Where it came from")}
MOST_SHOWN = 40


def value_name(key: str, value: str) -> str:
    """Return a value that a rule looks at or sets, in words."""
    known = {"aspect": feedback_words.ASPECTS, "platform": feedback_words.PLATFORMS, "concern": feedback_words.CONCERNS}.get(key, {})
    return t(known[value]) if value in known else case_words.coded(key, value)


def rule_said(rule: dict) -> tuple[str, str]:
    """Return a rule in words: when it fits, and what it then sets."""
    fits = [f"{t(LOOKS_AT[key])}: {formats.either([value_name(key, v) for v in values])}" for key, values in rule["fits"].items() if key in LOOKS_AT]
    sets = [f"{t(case_words.FIELDS[key])}: {value_name(key, value)}" for key, value in rule["sets"].items() if key in case_words.FIELDS]
    return " · ".join(fits) or t("every case"), " · ".join(sets)


@st.fragment
def editor() -> None:
    """The rules in their order, what can be done with each, a new one, and the trial."""
    if not view().scope.may("contact"):
        return
    rules = look(case_rules)
    with panel(t("Who gets which case"), t("The first rule that fits decides each value"), height="content"):
        if not rules:
            st.markdown(safe(t("There are no rules yet: new cases go to nobody. Begin with those that come with Innsight and change them.")))
            if view().scope.may("case") and st.button(t("Begin with these rules"), key="start_rules"):
                _do(start_with_rules)
        for place, rule in enumerate(rules, 1):
            _row(place, rule, len(rules))
        if view().scope.may("case"):
            _edit(rules)
        if rules:
            _trial()


def _row(place: int, rule: dict, last: int) -> None:
    fits, sets = rule_said(rule)
    may = view().scope.may("case")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        name = safe(rule["name"]) if rule["is_active"] else f":gray[{safe(rule['name'])}]"
        st.markdown(f"{place}. {name}  \n:small[:gray[{safe(fits)} → {safe(sets)}]]", width="stretch")
        if may:
            own = {"id": rule["id"], "version": rule["version"]}
            if st.button("", icon=":material/arrow_upward:", key=f"up_{rule['id']}", help=t("Ask earlier"), disabled=place == 1, type="tertiary"):
                _do(move_case_rule, **own, place=place - 1)
            if st.button("", icon=":material/arrow_downward:", key=f"down_{rule['id']}", help=t("Ask later"), disabled=place == last, type="tertiary"):
                _do(move_case_rule, **own, place=place + 1)
            label = t("Switch off") if rule["is_active"] else t("Switch on")
            if st.button(label, key=f"switch_{rule['id']}", type="tertiary"):
                _do(switch_case_rule, **own, is_active=not rule["is_active"])


def _do(action, **values) -> None:
    with told():
        act(action, **values)
        st.rerun()


# --- one rule --------------------------------------------------------------------------------------------------------------------
def _edit(rules: list[dict]) -> None:
    """A rule as data: its name, when it fits, and what it sets."""
    with st.expander(t("Change or add a rule")):
        say = lambda i: t("A new one") if i is None else rules[i]["name"]  # noqa: E731
        picked = st.selectbox(t("Rule"), [None, *range(len(rules))], format_func=say, key="rule_picked")
        one = rules[picked] if picked is not None else {"id": None, "version": 0, "name": "", "fits": {}, "sets": {}}
        tag = f"{one['id']}_{one['version']}"
        name = st.text_input(t("Name"), one["name"], key=f"rule_name_{tag}", max_chars=80)
        left, right = st.columns(2)
        with left:
            keys = st.multiselect(t("It fits when"), FITS, list(one["fits"]), format_func=lambda k: t(LOOKS_AT[k]), key=f"rule_fits_{tag}")
            fits = {key: _values(key, list(one["fits"].get(key, [])), tag) for key in keys}
        with right:
            chosen = st.multiselect(t("It sets"), SETS, list(one["sets"]), format_func=lambda k: t(case_words.FIELDS[k]), key=f"rule_sets_{tag}")
            sets = {key: _value(key, one["sets"].get(key, ""), tag) for key in chosen}
        if st.button(t("Save rule"), key="save_rule"):
            _do(save_case_rule, name=name or "", fits=fits, sets=sets, **({"id": one["id"], "version": one["version"]} if one["id"] else {}))


def _values(key: str, now: list[str], tag: str) -> list[str]:
    if key in KNOWN:
        return st.multiselect(t(LOOKS_AT[key]), KNOWN[key], now, format_func=lambda v: value_name(key, v), key=f"fit_{key}_{tag}")
    said = st.text_input(t(LOOKS_AT[key]), ", ".join(now), key=f"fit_{key}_{tag}", help=t("Several with commas between them"))
    return [part.strip() for part in (said or "").split(",") if part.strip()]


def _value(key: str, now: str, tag: str) -> str:
    if key in KNOWN:
        options = list(KNOWN[key])
        at = options.index(now) if now in options else 0
        return st.selectbox(t(case_words.FIELDS[key]), options, at, format_func=lambda v: value_name(key, v), key=f"set_{key}_{tag}")
    return st.text_input(t(case_words.FIELDS[key]), now, key=f"set_{key}_{tag}") or ""


def _trial() -> None:
    """What the rules in force would have made of the last hundred cases; nothing is changed by it."""
    if not st.toggle(t("Try them on the last hundred cases"), key="try_rules"):
        return
    found = look(try_case_rules)
    changed = [row for row in found if row["changes"]]
    small(safe(t("{n} of {all} cases would have been routed differently; nothing is changed by this.", n=formats.count(len(changed)),
                 all=formats.count(len(found)))))
    if changed:
        rows = pd.DataFrame({t("Case"): [row["id"] for row in changed], t("Kind"): [value_name("kind", row["kind"]) for row in changed],
                             t("It was"): [_said(row, row) for row in changed], t("It would be"): [_said(row, row["would"]) for row in changed],
                             t("Why"): [plain(" · ".join(dict.fromkeys(row["why"][key] for key in row["changes"]))) for row in changed]})
        st.dataframe(rows.head(MOST_SHOWN), hide_index=True, row_height=34, height=table_height(min(len(rows), MOST_SHOWN), 10), alt=t("Cases routed differently"))


def _said(row: dict, values: dict) -> str:
    return plain(" · ".join(value_name(key, values[key] or "") for key in row["changes"]))
