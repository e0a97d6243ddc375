"""For whom the messages of a journey are: saved segments by their rules, rules in words, and the guests whom they mean now."""
import json

from crm_core.i18n import t
from crm_core.marts.fields import FIELDS
from crm_core.outreach.journeys import Journey
from crm_core.records.holdout import outreach_settings
from crm_core.rule import BadRule, dump, loads
from crm_core.ui import journeys_words as words
from crm_core.ui import rule_editor, rule_words
from crm_core.ui.load import load, look, view
from crm_core.ui.text import plain
from crm_core.views import segment_of

EVERYBODY = 10**8


def in_words(written: str) -> str:
    """Return the rule of a step as a clause."""
    try:
        return rule_words.clause(loads(written, FIELDS), rule_editor.names(), view().currency)
    except BadRule:
        return t("a rule that cannot be read any more")


def lines(one: Journey) -> list[str]:
    """Return a journey's rules as sentences."""
    house = look(outreach_settings)
    return words.lines(one, in_words, (house["marketing_cap"], house["marketing_cap_days"]))


def choices(used: str) -> dict[str, str]:
    """Return for whom a message can be, by the rule as JSON text: everybody, the saved segments, and the rule that it has."""
    found = {"": t("Everybody on the journey")}
    for row in view().saved:
        if segment := segment_of(row):
            found.setdefault(json.dumps(dump(segment.rule), ensure_ascii=False), t("Only: {name}", name=plain(row["name"])))
    return found if used in found else found | {used: t("Only guests with {rule}", rule=in_words(used))}


def meets(one: Journey) -> dict[int, set[int]]:
    """Return by step, from 1, the guests whom its rule means by the figures in use."""
    return {number: guests(step.rule) for number, step in enumerate(one.steps, 1) if step.rule}


def guests(written: str) -> set[int]:
    """Return the guests whom a rule means, at all properties of the visitor."""
    return set(load("segment_members", view().whole, rule=loads(written, FIELDS), limit=EVERYBODY)["guest_id"].tolist())


