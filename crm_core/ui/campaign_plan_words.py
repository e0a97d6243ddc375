"""A campaign as an experiment, in words: what was written down before the first message, and every look at its result."""
from collections.abc import Mapping

import pandas as pd

from crm_core import formats
from crm_core.i18n import t
from crm_core.ui import campaign_words as words


def experiment_title(card: Mapping, said: Mapping, fixed: bool) -> str:
    """Return whether the plan stood before the first message, which is what makes a result a test and not a find."""
    if fixed:
        return t("The plan was fixed on {day}, before the first message", day=formats.date(card["fixed_on"])) if pd.notna(card["started_on"]) else t(
            "The plan is fixed since {day}", day=formats.date(card["fixed_on"]))
    if said.get("hypothesis"):
        return t("The plan was not fixed before the first message") if pd.notna(card["started_on"]) else t("The plan is not fixed yet")
    return t("Nothing was written down beforehand: read the result as a hint") if pd.notna(card["started_on"]) else t("Nothing is written down yet")


def planned(card: Mapping, said: Mapping) -> list[tuple[str, str]]:
    """Return what was planned beside what was got, as (name, text)."""
    got = words.people(card)
    size = t("{planned} planned, {got} got", planned=formats.count(said["planned_people"]), got=formats.count(got)) if said.get("planned_people") else t(
        "none planned, {got} got", got=formats.count(got))
    if pd.isna(card["started_on"]) and not got:  # before the first message there is nothing beside the plan
        size = formats.count(said["planned_people"]) if said.get("planned_people") else formats.DASH
    held = formats.percent(said["holdout_bp"] / 10_000, 0) if said.get("holdout_bp") else t("nobody")
    rows = [(t("Measured by"), t(words.KPIS[card["primary_kpi"]]) if card["primary_kpi"] in words.KPIS else str(card["primary_kpi"])), (t("People"), size),
            (t("Held out"), held), (t("Bookings count for"), formats.days(card["window_days"])),
            (t("To be read on"), formats.date(said["stop_on"]) if said.get("stop_on") else t("no day was chosen"))]
    if said.get("groups"):
        rows.append((t("Groups named beforehand"), formats.listed([t(words.TRAITS[one]) if one in words.TRAITS else one for one in said["groups"]])))
    return [*rows, *([(t("Owner"), said["owner"])] if said.get("owner") else [])]


def reading(row: Mapping, currency: str) -> str:
    """Return one look at the result: when, by whom, and what it said."""
    found = row["result"]
    said = [t("{day}, by {who}", day=formats.date(row["as_of"]), who=row["actor"])]
    if found.get("lift") is not None:
        said.append(t("{lift} points", lift=words.lifted(found["lift"], found["low"], found["high"])))
    if found.get("margin") is not None:
        said.append(t("margin {amount}", amount=formats.compact_money(found["margin"], currency)))
    if found.get("verdict") in words.VERDICTS:
        said.append(t(words.VERDICTS[found["verdict"]][1]))
    return " · ".join(said)


def peek_said(said: Mapping) -> str:
    """Return why a look at the result is noted as one before its day."""
    if not said.get("fixed_at"):
        return t("No plan was fixed, so a look now is noted as a look and never as the planned reading.")
    if not said.get("stop_on"):
        return t("No day of reading was chosen, so a look now is noted as a look.")
    return t("The result is to be read on {day}. A look now is noted as one before its day: who looks often, and stops when it shines, finds effects "
             "that are not there.", day=formats.date(said["stop_on"]))
