"""What the page of standards says in words: results, scores, titles with what was found, and what guests say of an item."""
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from crm_core import formats
from crm_core.association.standards import Item, Score, Standard
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t, tn
from crm_core.telling import case_words, feedback_words

RESULTS = {"met": N_("Met"), "partly": N_("Partly"), "not_met": N_("Not met"), "not_applicable": N_("Does not apply")}
UNSEEN = "not_assessed"
ICONS = {"met": ":green[:material/check_circle:]", "partly": ":orange[:material/contrast:]", "not_met": ":red[:material/cancel:]",
         "not_applicable": ":gray[:material/do_not_disturb_on:]", UNSEEN: ":gray[:material/radio_button_unchecked:]"}
KINDS = {"self": N_("Self-assessment"), "audit": N_("Audit")}
TICKED = ("met", "partly")  # what was ticked, and guests may say otherwise of
LEAST = 30  # mentions or stays, below which nothing is told
SHORTEST = 72  # letters of an item's text in a table or a choice


def name(standard: Standard) -> str:
    """Return the name of a checklist in the language in use."""
    return said(standard.name, language())


def result(code: str) -> str:
    """Return how an item is met, in words."""
    return t(RESULTS[code]) if code in RESULTS else t("Not assessed")


def item_text(item: Item) -> str:
    """Return what is looked at."""
    return said(item.text, language())


def short(text: str, most: int = SHORTEST) -> str:
    """Return a text cut at a word, so that a choice or a cell holds it."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def score(found: Score) -> str:
    """Return a score, or why there is none."""
    if found.value is not None:
        return formats.percent(found.value, 0)
    if not found.applicable_weight:
        return t("nothing applies")
    return t("no score: {share} not assessed", share=formats.percent(found.unassessed_share, 0))


def held(row: Mapping) -> str:
    """Return when and by whom a house was held against the checklist: "Audit, 11 Feb 2025, by Ana Silva"."""
    kind = t(KINDS.get(row["kind"], row["kind"]))
    if row["assessor"]:
        return t("{kind}, {day}, by {who}", kind=kind, day=formats.date(row["on_day"]), who=row["assessor"])
    return t("{kind}, {day}", kind=kind, day=formats.date(row["on_day"]))


# --- how far it is met ---------------------------------------------------------------------------------------------------------
def sections_title(standard: Standard, whole: Score, sections: Mapping[str, Score]) -> str:
    """Return the weakest section beside the whole, as far as there are scores."""
    known = {code: one.value for code, one in sections.items() if one.value is not None}
    if whole.value is None or not known:
        return t("Too much was left out for a score")
    if min(known.values()) == 1:
        return t("Everything that applies is met")
    weakest = min(known, key=lambda code: known[code])
    names = {section.code: said(section.name, language()) for section in standard.sections}
    return t("{section} is the weakest section: {share}, and {whole} overall", section=names[weakest], share=formats.percent(known[weakest], 0),
             whole=formats.percent(whole.value, 0))


def trend_title(scores: Sequence[float]) -> str:
    """Return how the score moved from the first assessment to the last that have one, oldest first."""
    known = [one for one in scores if not pd.isna(one)]
    if not known:
        return t("No assessment has a score yet")
    if len(known) == 1:
        return t("The first score is {share}", share=formats.percent(known[0], 0))
    first, last = formats.percent(known[-2], 0), formats.percent(known[-1], 0)
    if first == last:
        return t("The score stayed at {share}", share=last)
    up = known[-1] > known[-2]
    return t("The score rose from {first} to {last}", first=first, last=last) if up else t("The score fell from {first} to {last}", first=first, last=last)


def houses_title(scores: Mapping[str, float]) -> str:
    """Return between which scores the houses stand; house → latest score, NaN where it has none."""
    known = {house: one for house, one in scores.items() if not pd.isna(one)}
    if len(known) < 2:
        return t("Houses by their latest score")
    best, last = max(known, key=lambda house: known[house]), min(known, key=lambda house: known[house])
    return t("From {low} at {last} to {high} at {best}", low=formats.percent(known[last], 0), last=last, high=formats.percent(known[best], 0), best=best)


# --- what guests say --------------------------------------------------------------------------------------------------------------
def said_title(ticked: int, looked_at: int, contradicted: int) -> str:
    """Return how many items were ticked of which guests say otherwise; `looked_at` of the ticked ones have evidence enough."""
    if contradicted:
        return t("You ticked it; your guests say otherwise: {n} of {ticked} items", n=formats.count(contradicted), ticked=formats.count(ticked))
    if looked_at:
        return tn("Guests contradict none of what you ticked: {n} item can be told", "Guests contradict none of what you ticked: {n} items can be told", looked_at,
                  n=formats.count(looked_at))
    return t("Guests say too little of what you ticked")


def evidence(row: Mapping) -> list[str]:
    """Return what guests say of an item: sentences, first those that contradict a tick; too little is said as such."""
    told = [(bool(row["aspect_contradicts"]), _of_aspect(row))] if row["aspect"] else []
    told += [(bool(row["cases_contradict"]), _of_cases(row))] if row["case_kind"] or row["department"] else []
    return [sentence for _, sentence in sorted(told, key=lambda one: not one[0])]


def by_evidence(rows: Iterable[Mapping]) -> list[list[Mapping]]:
    """Return rows of contradicted items in the order given, those together that the same aspect (else the same complaints) contradicts."""
    found: dict[tuple, list[Mapping]] = {}
    for row in rows:
        key = ("aspect", row["aspect"]) if row["aspect_contradicts"] else ("cases", row["case_kind"], row["department"])
        found.setdefault(key, []).append(row)
    return list(found.values())


def _of_aspect(row: Mapping) -> str:
    aspect = feedback_words.aspect(row["aspect"])
    if row["aspect_n"] < LEAST or pd.isna(row["aspect_share"]):
        return t("{aspect} in reviews: too few to tell, {n} of {least} mentions", aspect=aspect, n=formats.count(row["aspect_n"]), least=formats.count(LEAST))
    return t("{aspect} in reviews: {share} of {n} mentions are good ({interval}), {all} over all aspects", aspect=aspect, n=formats.count(row["aspect_n"]),
             share=formats.percent(row["aspect_share"], 0), interval=formats.share_interval(row["aspect_low"], row["aspect_high"], 0),
             all=formats.percent(row["house_share"], 0))


def _of_cases(row: Mapping) -> str:
    what = complaint(row)
    if row["stays"] < LEAST or pd.isna(row["per_100"]):
        return t("{what}, complaints: too few stays to tell", what=what)
    own = t("{what}: {rate} complaints per 100 stays ({interval})", what=what, rate=formats.decimal(row["per_100"]),
            interval=formats.interval(row["per_100_low"], row["per_100_high"]))
    return own if pd.isna(row["all_per_100"]) else t("{own}, {all} at all houses", own=own, all=formats.decimal(row["all_per_100"]))


def complaint(row: Mapping) -> str:
    """Return what the complaints of an item are about: a kind of case, a department, or both."""
    parts = [case_words.coded(field, row[name]) for field, name in (("kind", "case_kind"), ("department", "department")) if row[name]]
    return ", ".join(parts)


def is_told(row: Mapping) -> bool:
    """Say whether guests say enough of an item to confirm or contradict it."""
    return row["aspect_n"] >= LEAST or (row["stays"] >= LEAST and not pd.isna(row["all_per_100"]))  # NaN where the item names nothing of the kind


# --- answering, and what is to be done ----------------------------------------------------------------------------------------------
def progress(results: Iterable[str]) -> tuple[int, int]:
    """Return how many items are answered, and how many there are."""
    found = list(results)
    return sum(one != UNSEEN for one in found), len(found)


def progress_said(answered: int, items: int) -> str:
    """Return how far an assessment has come."""
    return tn("{n} of {items} item answered", "{n} of {items} items answered", items, n=formats.count(answered), items=formats.count(items))


def left_out(found: Score) -> str:
    """Return what completing now would come to."""
    missing = found.items - found.answered
    if found.value is not None:
        share = formats.percent(found.value, 0)
        return t("It comes to {share}.", share=share) if not missing else tn(
            "It comes to {share}; {n} item stays without an answer and counts as not met.",
            "It comes to {share}; {n} items stay without an answer and count as not met.", missing, n=formats.count(missing), share=share)  # fmt: skip
    return t("It gets no score: {share} of the weight has no answer, and a tenth is the most.", share=formats.percent(found.unassessed_share, 0))


def plan_title(rows: Sequence[Mapping]) -> str:
    """Return how much is to be done, and how much of it is overdue."""
    unsolved = [row for row in rows if row["done_on"] is None]
    if not unsolved:
        return t("Nothing is planned") if not rows else t("All that was planned is done")
    late = sum(row["is_overdue"] for row in unsolved)
    todo = tn("{n} improvement is to be done", "{n} improvements are to be done", len(unsolved), n=formats.count(len(unsolved)))
    return t("{todo}, {late} of them overdue", todo=todo, late=formats.count(late)) if late else todo


def due(row: Mapping) -> str:
    """Return a badge or grey words: until when something is to be done, or when it was."""
    if row["done_on"]:
        return f":green-badge[{t('done {day}', day=formats.date(row['done_on']))}]"
    if not row["due_on"]:
        return f":gray-badge[{t('no day set')}]"
    if row["is_overdue"]:
        return f":red-badge[{t('overdue since {day}', day=formats.date(row['due_on']))}]"
    return f":gray-badge[{t('until {day}', day=formats.date(row['due_on']))}]"
