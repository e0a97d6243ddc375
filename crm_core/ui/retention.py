"""The cards of the Retention page: cohorts, return curves, the rate within a year, time between stays, and what the numbers hide."""
import datetime as dt

import numpy as np
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import cohort, distribution, interval, points, survival
from crm_core.i18n import N_, t
from crm_core.queries.retention import LONGEST, SPLITS, STEPS, end_of
from crm_core.stats import intervals
from crm_core.ui import guest_rows, return_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, mode, panel, selectable_chart, small
from crm_core.ui.text import safe

KEYS = ("return_rate_12m", "repeat_ratio_guests", "repeat_ratio_stays", "repeat_ratio_nights", "guests_at_risk")
GRAINS = {"month": N_("Month"), "quarter": N_("Quarter"), "year": N_("Year")}
MEASURES = {"guests": N_("Guests"), "nights": N_("Nights"), "margin": N_("Margin")}
SUBTITLES = {
    "guests": N_("Guests back within so many months of their first stay, % of the cohort · grey: fewer than 30 guests, blank: too early"),
    "nights": N_("Nights that a guest of the cohort brought after the first stay, within so many months · blank: too early"),
    "margin": N_("Margin that a guest of the cohort brought after the first stay, within so many months · blank: too early"),
}
BY = {"way": N_("Way of booking"), "channel": N_("Channel"), "property": N_("Property"), "segment": N_("Segment"),
      "party": N_("Party"), "score": N_("Review of the stay"),
      "case": N_("Service case"), "spend": N_("Spend a night")}
SINCE = {"first": N_("From the first stay"), "any": N_("From any stay")}
MOST_COHORTS, MOST_CURVES, FEWEST, FEW = 16, 4, 50, 30
MONTH = 365 / 12
GAP_BANDS = (7, 30, 60, 90, 120, 180, 270, 365, 545, 730)


# --- cohorts --------------------------------------------------------------------------------------------------------------
@st.fragment
def matrix() -> None:
    """The cohort matrix; a cell that is clicked opens to its guests."""
    grain, measure = st.session_state.get("grain") or "quarter", st.session_state.get("cohort_measure") or "guests"
    cells = load("cohorts", grain=grain, measure=measure)
    title = return_words.cohorts_title(cells) if measure == "guests" else t("What later stays brought, by first stay")
    with panel(title, t(SUBTITLES[measure]), right=_choose):
        if cells.empty:
            small(safe(t("No cohort is three months old yet: come back when one is.")), grey=True)
            return
        shown = cells[cells["cohort"].isin(sorted(cells["cohort"].unique())[-MOST_COHORTS:])]
        picked = selectable_chart(_matrix(shown, grain, measure), t("Cohorts by first stay, and how many came back"), key=f"cohorts_{grain}_{measure}")
        if picked:
            _cell_guests(picked, grain)


def _choose() -> None:
    st.segmented_control(t("Cohorts by"), list(GRAINS), format_func=lambda g: t(GRAINS[g]), default="quarter", required=True, key="grain",
                         label_visibility="collapsed")
    st.segmented_control(t("Of"), list(MEASURES), format_func=lambda m: t(MEASURES[m]), default="guests", required=True, key="cohort_measure",
                         label_visibility="collapsed")


def _matrix(cells: pd.DataFrame, grain: str, measure: str) -> dict:
    columns = list(range(STEPS[grain], LONGEST + 1, STEPS[grain]))
    starts = sorted(cells["cohort"].unique())
    at = cells.set_index(["cohort", "months"])
    values = [[at["value"].get((start, m)) for m in columns] for start in starts]
    sizes = cells.groupby("cohort")["size"].first()
    return cohort.cohort(
        mode(), [formats.count(m) for m in columns], [return_words.cohort_name(start, grain) for start in starts],
        [formats.count(sizes[start]) for start in starts], values, [[_said(value, measure) for value in row] for row in values],
        few=[[bool(sizes[start] < FEW)] * len(columns) for start in starts], height=max(28 * len(starts) + 28, 540),
        keys=[[f"{start}/{m}" for m in columns] for start in starts] if measure == "guests" else None, corner=t("months"),
    )  # fmt: skip


def _said(value, measure: str) -> str:
    if value is None or pd.isna(value):
        return ""
    if measure == "guests":
        return formats.decimal(100 * value, 0)
    return formats.decimal(value, 1) if measure == "nights" else formats.compact_money(value, view().currency)


def _cell_guests(picked: str, grain: str) -> None:
    start, months = picked.split("/")
    begin = dt.date.fromisoformat(start)
    asked = {"start": begin, "end": end_of(begin, grain), "months": int(months)}
    rows = lambda offset, limit: load("cohort_guests", **asked, offset=offset, limit=limit)  # noqa: E731
    total = rows(0, 1)["rows"]
    st.markdown(f"**{safe(t('{cohort}: back within {n} months', cohort=return_words.cohort_name(begin, grain), n=months))}**")
    if len(total):
        guest_rows.listing("cohort", int(total.iloc[0]), rows, _came, t("Guests who came back"))
    else:
        small(safe(t("Nobody.")), grey=True)


def _came(frame: pd.DataFrame) -> dict[str, list]:
    return {t("First departure"): frame["first_on"].map(guest_rows.day), t("Came again"): frame["next_on"].map(guest_rows.day),
            t("After"): frame["back_days"].map(formats.days)}


# --- curves ---------------------------------------------------------------------------------------------------------------
@st.fragment
def curves() -> None:
    """Return curves with bands, by what the reader chooses."""
    by, since = st.session_state.get("curves_by") or "way", st.session_state.get("curves_since") or "first"
    groups = load("return_groups", by=by, since=since)
    shown = groups[(groups["n"] >= FEWEST) & groups["year"].notna()].head(MOST_CURVES).sort_values("year", ascending=False, ignore_index=True)
    names = [return_words.group_name(by, g, _names()) for g in shown["group"]]
    with panel(return_words.curves_title(shown, names), t("Share that came back, Kaplan-Meier with 95% band · dots: after a year"), right=_choose_curves):
        if shown.empty:
            small(safe(t("Too few to tell: no group has {n} stays and a year behind it.", n=FEWEST)), grey=True)
            return
        chart(_curves(load("return_curves", by=by, since=since), shown, names), t("Return curves by {dimension}", dimension=t(BY[by]).lower()), key="curves")
        small(safe(_curves_note(groups, shown, since)), grey=True)


def _choose_curves() -> None:
    st.selectbox(t("Split by"), [by for by in BY if by in SPLITS], format_func=lambda by: t(BY[by]), key="curves_by", label_visibility="collapsed", width=160)
    st.selectbox(t("Since"), list(SINCE), format_func=lambda since: t(SINCE[since]), key="curves_since", label_visibility="collapsed", width=180)


def _names() -> dict:
    return {**load("properties").set_index("property_id")["name"].to_dict(), **load("channels").set_index("channel")["name"].to_dict()}


def _curves(drawn: pd.DataFrame, shown: pd.DataFrame, names: list[str]) -> dict:
    found = []
    for name, group in zip(names, shown.itertuples(), strict=True):
        part = drawn[drawn["group"].isna()] if pd.isna(group.group) else drawn[drawn["group"] == group.group]
        found.append(survival.Curve(name, part["days"] / MONTH, part["share"], part["low"], part["high"], formats.percent(group.year, 0)))
    return survival.survival(mode(), found, until=36, ticks=range(0, 37, 6), under=t("months since departure"), read_at=12,
                             say=lambda share: formats.percent(share, 0))


def _curves_note(groups: pd.DataFrame, shown: pd.DataFrame, since: str) -> str:
    p = groups["p"].iloc[0]
    parts = [formats.n(int(shown["n"].sum()))]
    if len(groups) > len(shown):
        parts.append(t("the {n} largest of {all} groups", n=len(shown), all=len(groups)))
    if not pd.isna(p):
        parts.append(t("log-rank over all groups: p {p}", p=formats.decimal(p, 3) if p >= 0.001 else "< 0.001"))
    if since == "any":
        parts.append(t("a guest counts once for each stay"))
    return " · ".join(parts)


# --- within a year ----------------------------------------------------------------------------------------------------------
def by_cohort() -> None:
    """The 12-month return rate of each quarter's new guests, with intervals."""
    cells = load("cohorts", grain="quarter", measure="guests")
    year = cells[cells["months"] == 12]
    with panel(return_words.year_title(year), t("Back within 365 days, by quarter of the first stay, with 95% interval")):
        if year.empty:
            small(safe(t("No quarter's guests have had a whole year yet.")), grey=True)
            return
        labels = [return_words.cohort_name(start, "quarter") for start in year["cohort"]]
        texts = [f"{formats.percent(v)} ({formats.share_interval(low, high, 0)})" for v, low, high in zip(year["value"], year["low"], year["high"], strict=True)]
        total = intervals.wilson(year["part"].sum(), year["size"].sum())
        figure = points.points(mode(), labels, year["value"], year["low"], year["high"], texts, band=tuple(float(x) for x in total),
                               few=(year["size"] < FEW).tolist(), say=lambda share: formats.percent(share, 0))
        chart(figure, t("12-month return by quarter of the first stay"), key="year")


# --- what goes with it ------------------------------------------------------------------------------------------------------
def goes_with() -> None:
    """What goes with coming back, told by the first stay: hazard ratios, and that they are no causes."""
    found = load("return_hazards")
    with panel(return_words.hazards_title(found), t("How many times as fast guests come again, by what is true of the first stay, all else alike (Cox)")):
        if found.empty or found["property_id"].nunique() > 1:
            small(safe(t("Told for one property or for all of them, from 500 guests and 100 returns on.")), grey=True)
            return
        labels = [t(return_words.TRAITS[trait]) for trait in found["trait"]]
        tones = ["line" if low <= 1 <= high else "accent" for low, high in zip(found["low"], found["high"], strict=True)]
        texts = [f"{formats.decimal(r.ratio, 2)} ({formats.interval(r.low, r.high, 2)})" for r in found.itertuples()]
        log = lambda column: np.log(found[column]).tolist()  # noqa: E731
        figure = interval.forest(mode(), labels, log("ratio"), log("low"), log("high"), texts, tones=tones, no_effect=t("no difference"),
                                 say=lambda v: formats.decimal(float(np.exp(v)), 1))
        chart(figure, t("Hazard ratios of coming again by traits of the first stay"), key="hazards")
        small(safe(_hazards_note(found)), grey=True)


def _hazards_note(found: pd.DataFrame) -> str:
    parts = [t("Association, not cause: who chose the direct way may have come back anyway"), formats.n(int(found["n"].iloc[0]))]
    if found["is_sample"].iloc[0]:
        parts.append(t("a random sample of all guests"))
    changing = [t(return_words.TRAITS[trait]).lower() for trait in found.loc[found["drift_p"] < 0.01, "trait"]]
    if changing:
        parts.append(t("not the same early and late: {traits}", traits=formats.listed(changing)))
    return " · ".join(parts)


# --- time between stays ---------------------------------------------------------------------------------------------------
def between() -> None:
    """How long those who come again stay away."""
    found = load("gaps")
    total = int(found["stays"].sum()) if len(found) else 0
    if total < FEW:
        with panel(t("Time between stays"), t("From a departure to the same guest's next arrival")):
            small(safe(t("Too few to tell: {n} returns so far, {least} are needed.", n=formats.count(total), least=FEW)), grey=True)
        return
    days, count = found["days"].to_numpy(float), found["stays"].to_numpy(int)
    median, (low, high) = intervals.median_of(days, count), intervals.median_interval(days, count)
    first = found[found["after"] == "first"]  # regulars have most of the gaps: the title speaks of guests, by their first one
    half = intervals.median_of(first["days"].to_numpy(float), first["stays"].to_numpy(int)) if len(first) else median
    with panel(return_words.gaps_title(half), t("Days from a departure to the same guest's next arrival · those who never came are not in it")):
        bands = np.searchsorted(GAP_BANDS, days, side="left")
        counts = np.bincount(bands, count, len(GAP_BANDS) + 1).astype(int)
        chart(distribution.distribution(mode(), _bands(), counts.tolist(), [formats.count(n) for n in counts], ticks=_bands(), across=t("days")),
              t("Time between stays"), key="gaps")
        after = {kind: found[found["after"] == kind] for kind in ("first", "later")}
        said = {kind: formats.days(intervals.median_of(part["days"].to_numpy(float), part["stays"].to_numpy(int))) for kind, part in after.items()}
        small(safe(t("Median {median} ({interval}) · after a first stay {first}, after later ones {later} · n {n}", median=formats.days(median),
                     interval=formats.interval(low, high, 0), first=said["first"], later=said["later"], n=formats.count(total))), grey=True)


def _bands() -> list[str]:
    edges = [*GAP_BANDS]
    return [f"≤{edges[0]}", *(f"≤{edge}" for edge in edges[1:]), f">{edges[-1]}"]


# --- what the numbers hide --------------------------------------------------------------------------------------------------
def limits() -> None:
    """What these numbers cannot see, in sentences with their counts."""
    row, identity = load("return_limits").iloc[0], load("identity_sensitivity").set_index("identity")
    first, guests = view().warehouse.version.history_from, int(row["guests"])
    with panel(t("What these numbers hide"), t("Read before you compare")):
        if not guests:
            small(safe(t("No guest with a stay is known yet.")), grey=True)
            return
        with st.grid(2, min_column_width=300, gap="small"):
            for icon, text in _sentences(row, identity, first, guests):
                st.markdown(f":material/{icon}: :small[{safe(text)}]")
        st.page_link(PAGES / "duplicates.py", label=t("Review duplicates"), icon=":material/arrow_forward:", icon_position="right")


def _sentences(row: pd.Series, identity: pd.DataFrame, first, guests: int) -> list[tuple[str, str]]:
    share = lambda part, whole: formats.percent(part / whole, 0) if whole else formats.DASH  # noqa: E731
    found = [
        ("history", t("History begins on {day}. {share} of the guests were first seen in its first two years and may have come before.",
                      day=formats.date(first), share=share(row["early"], guests))),
        ("hourglass_top", t("{n} guests had their first stay less than a year ago. They are not in the 12-month rate yet; that is no decline.",
                            n=formats.count(row["young"]))),
        ("person_off", t("{share} of the stays have no known guest: whether those came back, nobody can tell.", share=share(row["nameless"], row["stays"]))),
    ]
    ratio = identity["repeat_ratio"].astype(float)
    if ratio.notna().all():
        found.append(("group", t("Returning guests are {default} as records are joined today; {strict} if none were, {loose} if every doubtful pair were.",
                                 **{name: formats.percent(value) for name, value in ratio.items()})))
    return found
