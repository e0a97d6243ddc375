"""The cards of the programme's life: who joins and where, members by tier through time, what they bring, and how soon new ones act."""
import datetime as dt

import numpy as np
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import points, stack
from crm_core.i18n import N_, t
from crm_core.queries.loyalty import EARLY
from crm_core.scope import next_month
from crm_core.stats import intervals
from crm_core.ui import loyalty_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, clear_filters, empty, mode, panel, small
from crm_core.ui.return_words import FEW, cohort_name
from crm_core.ui.text import safe

KEYS = ("members", "members_active_12m", "member_contribution", "member_revenue_share", "enrolment_rate", "points_liability")
BY = {"via": N_("By source"), "property": N_("By property")}
LAYERS = {"all": N_("All tiers"), "upper": N_("Above the lowest")}
OF = {"nights": N_("Nights"), "revenue": N_("Revenue")}
MOST_LAYERS, MOST_QUARTERS = 4, 16
MONTHS = 25  # two years of complete months, and the running one


def anybody() -> bool:
    """Say whether the view has a member, or ever had one."""
    return not load("early_engagement").empty


def nobody() -> None:
    """The page without a member: what is missing, and where it comes from."""
    if load("programmes").empty:
        empty(t("There is no loyalty programme yet"),
              t("Bring in the list of members of your property system or your programme, or set the rules of a programme and enrol guests on their pages."))
    else:
        empty(t("No members in this view"), t("Nothing is wrong with the data: no account was ever opened at these properties, for these guests."),
              (t("Clear the filters"), clear_filters))
    with st.container(horizontal=True):
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")
        st.page_link(PAGES / "programme.py", label=t("Rules of the programme"), icon=":material/tune:")


# --- who joins --------------------------------------------------------------------------------------------------------------
@st.fragment
def joins() -> None:
    """Accounts opened month by month, by where they were or at which property."""
    by = st.session_state.get("joins_by") or "via"
    found = load("enrolments", by=by, months=MONTHS)
    months = _complete(found).groupby("month")["joined"].sum()
    with panel(words.joined_title(months), t("Accounts opened, by month"), right=lambda: _choose("joins_by", BY)):
        if not found["joined"].sum():
            small(safe(t("Nobody joined within two years.")), grey=True)
            return
        names, table = _largest(found.pivot_table(index="group", columns="month", values="joined", aggfunc="sum"), _names(by))
        chart(_layers(list(table.columns), names, table.to_numpy(), rising=False), words.joined_title(months), key="joins")
        small(safe(_joins_note(found, months)), grey=True)


def _choose(key: str, options: dict[str, str]) -> None:
    st.segmented_control(t("Show"), list(options), format_func=lambda code: t(options[code]), default=next(iter(options)), required=True, key=key,
                         label_visibility="collapsed")


def _names(by: str):
    places = load("properties").set_index("property_id")["name"]
    return words.way_name if by == "via" else lambda group: str(places.get(group, t("Not known")))


def _largest(table: pd.DataFrame, name) -> tuple[list[str], pd.DataFrame]:
    """Return the largest groups with their names, and all others as one."""
    table = table.groupby([name(group) for group in table.index]).sum()
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    if len(table) <= MOST_LAYERS + 1:
        return list(table.index), table
    rest = table.iloc[MOST_LAYERS:].sum().rename(t("{n} others", n=len(table) - MOST_LAYERS))
    table = pd.concat([table.head(MOST_LAYERS), rest.to_frame().T])
    return list(table.index), table


def _joins_note(found: pd.DataFrame, months: pd.Series) -> str:
    left = int(_complete(found).groupby("month")["closed"].sum().tail(words.YEAR_OF_MONTHS).sum())
    parts = [t("{n} joined and {left} left within the last 12 complete months", n=formats.count(months.tail(words.YEAR_OF_MONTHS).sum()),
               left=formats.count(left))]
    if _is_running():
        parts.append(t("hatched: the running month"))
    return " · ".join(parts)


# --- tiers through time -----------------------------------------------------------------------------------------------------
@st.fragment
def mix() -> None:
    """Members by tier at the end of every month."""
    found = load("tier_mix", months=MONTHS)
    shown = st.session_state.get("mix_of") or "all"
    tiers = found.drop_duplicates(["tier_rank", "tier"])[["tier_rank", "tier"]] if len(found) else found
    several = len(tiers) > 1
    with panel(words.mix_title(found), t("Open accounts by tier at each month's end"), right=(lambda: _choose("mix_of", LAYERS)) if several else None):
        if found.empty:
            small(safe(t("No account was open within two years.")), grey=True)
            return
        table = found.pivot_table(index=["tier_rank", "tier"], columns="month", values="members", aggfunc="sum").sort_index()
        table = table.iloc[1:] if shown == "upper" and several else table
        names = [words.tier_name(tier) for _, tier in table.index]
        if len(names) > MOST_LAYERS + 1:  # the highest are told apart: there the programme spends most
            lower = t("{n} lower tiers", n=len(names) - MOST_LAYERS)
            table = pd.concat([table.head(-MOST_LAYERS).sum().to_frame().T, table.tail(MOST_LAYERS)])
            names = [lower, *names[-MOST_LAYERS:]]
        chart(_layers(list(table.columns), names, table.to_numpy()), words.mix_title(found), key="mix")
        small(safe(_rules_note()), grey=True)


def _rules_note() -> str:
    rules = load("programmes")
    if rules["number"].fillna(0).max() > 0:
        return t("A tier follows from the rules of the programme; one given by hand counts while it lasts.")
    return t("The programme has no rules: tiers are as the source says them today, told from the day of joining on.")


def _layers(months: list, names: list[str], table: np.ndarray, rising: bool = True) -> dict:
    running = [_is_running() and at == len(months) - 1 for at in range(len(months))]
    labels = [formats.month(month) for month in months]
    return stack.stack(mode(), labels, names, table.tolist(), [[formats.count(n) for n in row] for row in table], rising=rising, provisional=running,
                       ticks=_ticks(labels, 12), say=formats.count, height=260)


def _ticks(names: list[str], every: int) -> list[str]:
    """The names of every so many bars: few enough for a phone."""
    return [name if at % every == 0 else "" for at, name in enumerate(names)]


def _is_running() -> bool:
    return view().scope.as_of.day > 1


def _complete(found: pd.DataFrame) -> pd.DataFrame:
    """The months that are over."""
    ends = [next_month(pd.Timestamp(month).date()) for month in found["month"]]
    return found[np.array([end <= view().scope.as_of for end in ends], bool)]


# --- what they bring --------------------------------------------------------------------------------------------------------
@st.fragment
def shares() -> None:
    """The members' share of nights or of room revenue month by month, with its interval."""
    of = st.session_state.get("share_of") or "nights"
    found = load("member_share", months=14)
    months = _complete(found).tail(13)
    with panel(words.share_title(months, of), t("Share of members on the night itself, by month, with 95% interval"), right=lambda: _choose("share_of", OF)):
        value, low, high = (months[f"{of}_{part}"] for part in ("share", "low", "high"))
        if not value.notna().any():
            small(safe(t("No sold night is known in these months.") if of == "nights" else t("An exchange rate is missing for these months.")), grey=True)
            return
        texts = [formats.percent(share, 0) for share in value]
        labels = [formats.month(month) for month in months["month"]]
        chart(points.points(mode(), labels, value, low, high, texts, ticks=_ticks(labels, 6),
                            say=lambda share: formats.percent(share, 0), height=230), words.share_title(months, of), key=f"shares_{of}")
        small(safe(_shares_note(months.tail(words.YEAR_OF_MONTHS))), grey=True)


def _shares_note(year: pd.DataFrame) -> str:
    whole, mine = year["nights"].sum(), year["member_nights"].sum()
    rate, other = (year[f"{who}revenue"].sum(skipna=False) / (nights or np.nan) for who, nights in (("member_", mine), ("", whole)))
    parts = [t("{nights} nights in 12 months", nights=formats.n_of(mine, whole))]
    if not np.isnan(rate + other):
        parts.append(t("a member's night {rate}, any night {other}", rate=formats.money_exact(rate, view().currency),
                       other=formats.money_exact(other, view().currency)))
    return " · ".join(parts)


# --- the first 90 days --------------------------------------------------------------------------------------------------------
def early() -> None:
    """How many new members earned or redeemed within 90 days, by quarter of joining; quarters that are too young are blank."""
    found = load("early_engagement").tail(MOST_QUARTERS)
    said = t("Earned or redeemed within {days} of joining, beside the welcome, by quarter, with 95% interval", days=formats.days(EARLY))
    with panel(words.early_title(found), said):
        ripe = found[found["is_mature"].astype(bool)]
        if ripe.empty:
            small(safe(t("Too early to tell: no quarter's new members have had 90 days yet.")), grey=True)
            return
        labels = [cohort_name(quarter, "quarter") for quarter in found["quarter"]]
        texts = [f"{formats.percent(r.share, 0)} ({formats.share_interval(r.low, r.high, 0)})" if r.is_mature else formats.DASH for r in found.itertuples()]
        band = intervals.wilson(ripe["engaged"].sum(), ripe["members"].sum())
        figure = points.points(mode(), labels, found["share"], found["low"], found["high"], texts, band=tuple(float(x) for x in band),
                               few=(found["members"] < FEW).tolist(), ticks=_ticks(labels, 5), say=lambda share: formats.percent(share, 0), height=230)
        chart(figure, words.early_title(found), key="early")
        small(safe(_early_note(found, ripe)), grey=True)


def _early_note(found: pd.DataFrame, ripe: pd.DataFrame) -> str:
    parts = [t("{engaged} new members", engaged=formats.n_of(ripe["engaged"].sum(), ripe["members"].sum()))]
    if len(found) > len(ripe):
        until = max(_end(quarter) for quarter in found["quarter"]) + dt.timedelta(EARLY)
        parts.append(t("blank: the 90 days are not over, the last end on {day}", day=formats.date(until)))
    if (ripe["members"] < FEW).any():
        parts.append(t("hollow: fewer than {n} members", n=FEW))
    return " · ".join(parts)


def _end(quarter) -> dt.date:
    """The first day after a quarter, by its first."""
    return (pd.Timestamp(quarter) + pd.DateOffset(months=3)).date()
