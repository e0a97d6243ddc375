"""What the page of accuracy says in words: what a tier means, how good the scorer was, how far people here agree with it."""
from collections.abc import Sequence

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.stats.intervals import wilson
from crm_core.telling.feedback_words import aspect

TIERS = {
    "validated": (N_("validated"), "green", N_("Checked on hotel reviews of others. Its scores count in every average.")),
    "validated_other": (N_("validated elsewhere"), "green", N_("Checked on reviews of other things than hotels. Its scores count in every average.")),
    "indicative": (N_("indicative"), "orange", N_("Never checked on real reviews. Shown on each card, left out of the averages.")),
    "not_scored": (N_("not scored"), "gray", N_("No label at all: a wrong one would be worse than none.")),
}
TIER_ORDER = tuple(TIERS)
FEWEST = 30  # judged reviews below which a share is not told
WANTED = 100  # own labels that a refit asks for


def measured_title(table: dict | None) -> str:
    """Return how many tones of all languages together are told right and which language is told worst, or that nothing is measured."""
    told = {lang: row for lang, row in table["languages"].items() if row["accuracy"] is not None} if table else {}
    if not told:
        return t("The scorer has not been measured here yet")
    right, n = sum(row["accuracy"] * row["polar"] for row in told.values()), sum(row["polar"] for row in told.values())
    worst = min(told, key=lambda lang: told[lang]["accuracy"])
    return t("{share} of tones are told right; {language} is told worst: {worst}", share=formats.percent(right / n, 0),
             language=formats.language_name(worst), worst=formats.percent(told[worst]["accuracy"], 0))


def languages(table: dict) -> pd.DataFrame:
    """Return one row per language that was measured, the best known first and the best told first within a tier: lang, tier and its figures."""
    rows = [{"lang": lang, **row} for lang, row in table["languages"].items()]
    rows = [row | {"place": TIER_ORDER.index(row["tier"]) if row["tier"] in TIER_ORDER else len(TIER_ORDER)} for row in rows]
    return pd.DataFrame(rows).sort_values(["place", "accuracy"], ascending=[True, False], ignore_index=True)


def language_said(row) -> str:
    """Return one language's accuracy with its n, or that it has none."""
    if pd.isna(row.accuracy):
        return t("nothing scored")
    return f"{formats.percent(row.accuracy, 0)} ({formats.share_interval(row.low, row.high, 0)}) · {formats.n(int(row.polar))}"


def aspects_title(table: dict) -> str:
    """Return which aspect is found most rarely."""
    told = {name: row["recall"] for name, row in table["aspects"].items() if name != "general" and row["recall"] is not None}
    if not told:
        return t("No aspect has been measured")
    worst = min(told, key=told.get)
    return t("{aspect} is missed most: {share} of its mentions are found", aspect=aspect(worst), share=formats.percent(told[worst], 0))


def agreement(found: Sequence[dict]) -> pd.DataFrame:
    """Return one row per language and kind (review, clause) of what people here judged, the most first: lang, what, n, right, share, low, high.

    `right` counts where the scorer had said the same; low and high are Wilson's.
    """
    if not found:
        return pd.DataFrame(columns=["language", "what", "n", "right", "share", "low", "high"])
    rows = pd.DataFrame(found).assign(right=lambda f: f["n"].where(f["was"] == f["label"], 0))
    rows = rows.groupby(["language", "what"], as_index=False)[["n", "right"]].sum()
    low, high = wilson(rows["right"], rows["n"])
    return rows.assign(share=rows["right"] / rows["n"], low=low, high=high).sort_values(["n", "language"], ascending=[False, True], ignore_index=True)


def judged(found: Sequence[dict], what: str = "review") -> int:
    """Return how many reviews (or clauses) people here have judged."""
    return sum(int(row["n"]) for row in found if row["what"] == what)


def agreement_title(found: Sequence[dict]) -> str:
    """Return how often the scorer had said what people here say of whole reviews, once enough are judged."""
    reviews = [row for row in found if row["what"] == "review"]
    n, right = judged(found), sum(int(row["n"]) for row in reviews if row["was"] == row["label"])
    if not n:
        return t("Nobody here has judged the scorer yet")
    if n < FEWEST:
        return tn("{n} review judged here: too few to tell", "{n} reviews judged here: too few to tell", n, n=formats.count(n))
    low, high = wilson(right, n)
    return t("Your people agree with {share} of its labels ({interval})", share=formats.percent(right / n, 0), interval=formats.share_interval(low, high, 0))


def agreement_said(row) -> str:
    """Return how many of one language's labels were right, as a share where enough are judged."""
    if row.n < FEWEST:
        return t("{right} of {n}", right=formats.count(row.right), n=formats.count(row.n))
    return f"{formats.percent(row.share, 0)} ({formats.share_interval(row.low, row.high, 0)}) · {formats.n(int(row.n))}"


def progress_said(n: int) -> str:
    """Return how far the labelling is."""
    if n >= WANTED:
        return tn("{n} review is labelled: enough to fit the scorer to your house", "{n} reviews are labelled: enough to fit the scorer to your house", n,
                  n=formats.count(n))
    return t("{n} of {wanted} labelled", n=formats.count(n), wanted=formats.count(WANTED))


def fit_said(result: dict) -> str:
    """Return what a fit to the own labels brought: how many labels each head tells right, and whether the new one is in use."""
    before, after, n = (formats.count(result[name]) for name in ("before", "after", "own"))
    if result["kept"]:
        return t("Of {n} own labels, the shipped scorer tells {before} right, yours {after} (each judged by a fit that had not seen it). Yours is in use.",
                 n=n, before=before, after=after)
    return t("Of {n} own labels, the shipped scorer tells {before} right, a fit to them {after} (each judged by a fit that had not seen it). "
             "It would be no better: the shipped one stays.", n=n, before=before, after=after)
