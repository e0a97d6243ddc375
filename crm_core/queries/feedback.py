"""What guests talk about and how well: aspects with their shares, what changed beyond noise, where it comes from, and what was scored at all."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import inside, merged
from crm_core.schema import ASPECTS
from crm_core.scope import Period, Scope
from crm_core.stats import alerts, contrasts, intervals
from crm_core.store.warehouse import Warehouse

# Languages whose labels count in shares; what is only indicative is told apart (SENTIMENT.md, coverage).
VALIDATED = ("validated", "validated_other")
LEAST = 30  # mentions from which a share is told
GROUPS = ("property", "month", "platform", "language", "country", "party", "segment", "room_type", "floor", "block", "room")
COLUMNS = {"property": "property_id"}
COUNTS = ("texts", "reviews", "mentions", "positive", "negative")


@query
def aspects(warehouse: Warehouse, scope: Scope, *, coverage: tuple[str, ...] = VALIDATED) -> pd.DataFrame:
    """One row per aspect of the reviews written in the period, the most named first.

    texts (reviews with text in these languages), reviews that name it, mentions, positive, negative; rate = reviews / texts and share =
    positive / (positive + negative), each with low and high (Wilson); was_… the same in the comparison; change of the share with its
    interval (Newcombe) and verdict: "better", "worse", "noise" or "few" (under 30 mentions), corrected for looking at many (Benjamini-Hochberg).
    """
    now, then = scope.elapsed().period, scope.compared().period
    wide = _counted(warehouse, scope, (now, then), coverage).set_index("aspect").reindex(list(ASPECTS), fill_value=0)
    frame = _shares(wide, 0) | {f"was_{name}": value for name, value in _shares(wide, 1).items()}
    found = pd.DataFrame({"aspect": list(ASPECTS)} | frame)
    found = found.assign(**_change(found))
    return found[found["reviews"] + found["was_reviews"] > 0].sort_values(["reviews", "aspect"], ascending=[False, True], ignore_index=True)


def _counted(warehouse: Warehouse, scope: Scope, periods: tuple[Period, ...], coverage: tuple[str, ...]) -> pd.DataFrame:
    """One row per aspect with mentions: its counts in each period, as positive0, positive1 …, and the texts they are among."""
    m, r = within(tables.mentions, scope).c, within(tables.reviews, scope).c
    of = lambda rows, p, *when: func.count(case((sa.and_(inside(rows.reviewed_on, p), *when), 1)))  # noqa: E731
    either = lambda rows: sa.or_(*(inside(rows.reviewed_on, p) for p in merged(periods)))  # noqa: E731
    parts = {"reviews": lambda p: of(m, p, m.is_first == 1), "mentions": lambda p: of(m, p), "positive": lambda p: of(m, p, m.label == "positive"),
             "negative": lambda p: of(m, p, m.label == "negative")}
    columns = [make(p).label(f"{name}{j}") for name, make in parts.items() for j, p in enumerate(periods)]
    frame = warehouse.frame(select(m.aspect, *columns).where(m.coverage.in_(coverage), either(m)).group_by(m.aspect))
    texts = warehouse.frame(select(*(of(r, p).label(f"texts{j}") for j, p in enumerate(periods))).where(r.words > 0, r.coverage.in_(coverage), either(r)))
    return frame.assign(**texts.iloc[0])


def _shares(wide: pd.DataFrame, j: int) -> dict[str, np.ndarray]:
    """The counts of a period with rate and share and their intervals."""
    found = {name: wide[f"{name}{j}"].to_numpy(float) for name in COUNTS}
    found["texts"] = np.full(len(wide), found["texts"].max(initial=0))
    polar = found["positive"] + found["negative"]
    rate_low, rate_high = intervals.wilson(found["reviews"], found["texts"])
    low, high = intervals.wilson(found["positive"], polar)
    return found | {"rate": _over(found["reviews"], found["texts"]), "rate_low": rate_low, "rate_high": rate_high,
                    "share": _over(found["positive"], polar), "low": low, "high": high}


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _change(found: pd.DataFrame) -> dict[str, np.ndarray]:
    """The change of each share with its interval and what to think of it."""
    n, was_n = (found[f"{side}positive"] + found[f"{side}negative"] for side in ("", "was_"))
    told = contrasts.shares(*(x.to_numpy() for x in (found["positive"], n, found["was_positive"], was_n)))
    low, high = intervals.newcombe(found["positive"], n, found["was_positive"], was_n)
    enough = ((n >= LEAST) & (was_n >= LEAST)).to_numpy()
    moved = alerts.benjamini_hochberg(np.where(enough, told.p, np.nan)) if len(found) > 10 else told.p < 0.05
    change = found["share"].to_numpy() - found["was_share"].to_numpy()
    moved = moved & ((low > 0) | (high < 0))
    verdict = np.where(~enough, "few", np.where(~moved, "noise", np.where(change > 0, "better", "worse")))
    return {"change": change, "change_low": low, "change_high": high, "verdict": verdict}


@query
def aspect_groups(warehouse: Warehouse, scope: Scope, *, aspect: str, by: str = "property", coverage: tuple[str, ...] = VALIDATED,
                  limit: int = 40) -> pd.DataFrame:
    """One row per group (a property, month, platform, language, country, party, segment, room type, floor, block or room) for one aspect.

    texts, reviews that name it, positive, negative, bad (reviews that blame it); rate, share and blame (bad / texts), each with low and
    high; ratio = blame / blame of all other groups, with its interval (log, delta method). Where the group is not known it is "".
    The group with most texts first; months in order.
    """
    texts, named = _texts(warehouse, scope, by, coverage), _named(warehouse, scope, aspect, by, coverage)
    frame = texts.merge(named, how="left", on="group").fillna(dict.fromkeys(("reviews", "positive", "negative", "bad"), 0))
    for name, part, whole in (("rate", "reviews", frame["texts"]), ("share", "positive", frame["positive"] + frame["negative"]), ("blame", "bad", frame["texts"])):
        low, high = intervals.wilson(frame[part], whole)
        frame = frame.assign(**{name: _over(frame[part].to_numpy(float), whole.to_numpy(float)), f"{name}_low": low, f"{name}_high": high})
    frame = frame.assign(**_against_the_rest(frame["bad"].to_numpy(float), frame["texts"].to_numpy(float)))
    return frame.sort_values(["group"] if by == "month" else ["texts", "group"], ascending=by == "month", ignore_index=True).head(limit)


def group_of(rows: sa.sql.ColumnCollection, by: str) -> sa.ColumnElement:
    """Return the expression that a split groups by; raises ValueError for one that there is not."""
    if by not in GROUPS:
        raise ValueError(f"Reviews are split by {', '.join(GROUPS)}, not by {by!r}.")
    return month_start(rows.reviewed_on) if by == "month" else func.coalesce(rows[COLUMNS.get(by, by)], 0 if by == "property" else "")


def _texts(warehouse: Warehouse, scope: Scope, by: str, coverage: tuple[str, ...]) -> pd.DataFrame:
    r = within(tables.reviews, scope).c
    group = group_of(r, by)
    wanted = (r.words > 0, r.coverage.in_(coverage), inside(r.reviewed_on, scope.elapsed().period))
    return warehouse.frame(select(group.label("group"), func.count().label("texts")).where(*wanted).group_by(group))


def _named(warehouse: Warehouse, scope: Scope, aspect: str, by: str, coverage: tuple[str, ...]) -> pd.DataFrame:
    m = within(tables.mentions, scope).c
    group = group_of(m, by)
    # A review that blames an aspect in two clauses blames it once.
    each = (select(group.label("group"), m.review_id, func.sum(case((m.label == "positive", 1), else_=0)).label("positive"),
                   func.sum(case((m.label == "negative", 1), else_=0)).label("negative"))
            .where(m.aspect == aspect, m.coverage.in_(coverage), inside(m.reviewed_on, scope.elapsed().period))
            .group_by(group, m.review_id).subquery("each_review").c)
    bad = func.count(case((each.negative > 0, 1)))
    return warehouse.frame(select(each.group, func.count().label("reviews"), func.sum(each.positive).label("positive"),
                                  func.sum(each.negative).label("negative"), bad.label("bad")).group_by(each.group))


def _against_the_rest(bad: np.ndarray, texts: np.ndarray) -> dict[str, np.ndarray]:
    """How many times as often a group blames it as all others do: ratio of two shares, its interval on the log scale (Katz 1978)."""
    rest_bad, rest = bad.sum() - bad, texts.sum() - texts
    known = (bad > 0) & (rest_bad > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(known, (bad / texts) / (rest_bad / rest), np.nan)
        error = np.sqrt(1 / bad - 1 / texts + 1 / rest_bad - 1 / rest)
    return {"ratio": ratio, "ratio_low": ratio * np.exp(-1.959964 * error), "ratio_high": ratio * np.exp(1.959964 * error),
            "part": _over(bad, np.full(len(bad), bad.sum()))}


# --- what was scored ----------------------------------------------------------------------------------------------------------
@query
def review_coverage(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per language (empty: not known) of the reviews written in the period, the most frequent first.

    coverage (its label), reviews, texts (with words), scored, waiting (not read yet), positive, negative, and share = positive / (positive +
    negative) with low and high, NaN under ten scored; `reason` is the most frequent one for not being scored.
    """
    r = within(tables.reviews, scope).c
    count = lambda *when: func.count(case((sa.and_(*when), 1)))  # noqa: E731
    language = func.coalesce(r.language, "")
    frame = warehouse.frame(
        select(language.label("language"), func.max(r.coverage).label("coverage"), func.count().label("reviews"), count(r.words > 0).label("texts"),
               count(r.is_scored == 1).label("scored"), count(r.words > 0, r.unscored == "waiting").label("waiting"),
               count(r.is_scored == 1, r.label == "positive").label("positive"), count(r.is_scored == 1, r.label == "negative").label("negative"),
               func.max(case(((r.is_scored == 0) & (r.words > 0), r.unscored))).label("reason"))
        .where(inside(r.reviewed_on, scope.elapsed().period)).group_by(language))
    polar = (frame["positive"] + frame["negative"]).where(frame["scored"] >= 10)
    low, high = intervals.wilson(frame["positive"], polar)
    return (frame.assign(share=frame["positive"] / polar.where(polar > 0), low=low, high=high)
            .sort_values(["texts", "language"], ascending=[False, True], ignore_index=True))
