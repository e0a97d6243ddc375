"""The cards of the Value page: value by tenth, whom to care for, where valuable guests come from, and how far the forecast can be believed."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, calibration, heat, interval, squares
from crm_core.i18n import N_, t
from crm_core.queries import value as queries
from crm_core.telling import words
from crm_core.ui import guest_rows, value_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import chart, mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import safe

KEYS = ("clv_3y_margin", "expected_stays_12m", "p_alive_mean", "past_spend", "backtest_error")
BY = {"way": N_("Way of booking"), "channel": N_("Channel"), "segment": N_("Segment"), "property": N_("Property"),
      "country": N_("Country"), "cohort": N_("Year of first stay")}
MOST_GROUPS = 8
CHANCES = {"likely": "≥ 75%", "open": "50–75%", "doubtful": "25–50%", "gone": "< 25%"}


def foretold() -> bool:
    """Say whether there is a value to show; where there is none, say why, and what is shown instead."""
    models = load("guest_models")
    models = models if len(models) else pd.DataFrame([value_words.NOBODY])
    shown = models[models["kind"].isin(("own", "group"))]
    troubled = [(row, why) for row in models.itertuples() if (why := value_words.why_not(pd.Series(row._asdict())))]
    if troubled:
        _told_why(models, troubled)
    return len(shown) > 0


def _told_why(models: pd.DataFrame, troubled: list) -> None:
    names = load("properties").set_index("property_id")["name"]
    with panel(t("What the forecast does not say"), t("A model is shown only where it stood the test of the last year"), height="content"):
        for row, why in troubled:
            place = f"**{safe(str(names.get(row.property_id, '')))}** " if len(models) > 1 else ""
            st.markdown(f"{place}{safe(why)}")


def simple() -> None:
    """How likely guests come, by how often and how lately they stayed: what models say, or the plain share where none may speak."""
    found = load("recency_table")
    with panel(t("Chance to come within 12 months"), t("Mean of all guests, by stays so far and days since the last one")):
        if found.empty:
            small(safe(t("No forecast is shown for these guests.")), grey=True)
            return
        at = found.set_index(["times", "recency"])
        rows, columns = sorted(found["times"].unique()), sorted(found["recency"].unique(), reverse=True)
        share = [[at["chance"].get((row, column)) for column in columns] for row in rows]
        texts = [[formats.chance(v) if v is not None and pd.notna(v) else "" for v in line] for line in share]
        chart(heat.heat(mode(), [t(RECENCIES[c]) for c in columns], [t(TIMES[r]) for r in rows], share, texts, row_height=56),
              t("Chance to come within 12 months by stays and silence"), key="rule")


RECENCIES = {5: N_("≤ 90 days"), 4: N_("≤ 180"), 3: N_("≤ 365"), 2: N_("≤ 730"), 1: N_("longer")}
TIMES = {1: N_("One stay"), 2: N_("Two stays"), 3: N_("3–4 stays"), 5: N_("5 or more")}


# --- by tenth ---------------------------------------------------------------------------------------------------------------
@st.fragment
def tenths() -> None:
    """Value by tenth of the guests, with the years, the discount and the margin that the reader sets."""
    with panel(value_words.top_title(load("value_summary")), t("Margin that guests known today are expected to bring, best tenth first")):
        years, discount_bp, margin_bp = _terms()
        deciles = load("value_summary", years=years, discount_bp=discount_bp, margin_bp=margin_bp)
        if deciles.empty:
            small(safe(t("No forecast is shown for these guests.")), grey=True)
            return
        chart(_tenths(deciles), t("Value by tenth of the guests"), key="tenths")
        small(safe(_terms_said(deciles, years, discount_bp, margin_bp)), grey=True)
        revenue = load("concentration").iloc[0]
        if pd.notna(revenue["share"]):
            small(safe(t("In the period, the tenth of the guests with most revenue brought {share} of it ({interval}) · n {n}",
                         share=formats.percent(revenue["share"]), n=formats.count(revenue["guests"]),
                         interval=formats.share_interval(revenue["low"], revenue["high"]))), grey=True)


def _terms() -> tuple[int, int, int]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        years = st.segmented_control(t("Years"), [1, 2, 3], default=queries.YEARS, required=True, key="value_years")
        discount = st.number_input(t("Discount a year, %"), 0.0, 50.0, queries.DISCOUNT_BP / 100, 1.0, key="value_discount", width=150)
        margin = st.number_input(t("Margin, % (empty: each property's own)"), 1.0, 100.0, None, 5.0, key="value_margin", width=260)
    return int(years or queries.YEARS), round((discount or 0) * 100), round((margin or 0) * 100)


def _tenths(deciles: pd.DataFrame) -> dict:
    currency, total = view().currency, deciles["value"].sum()
    labels = [t("Best tenth") if d == 10 else t("Tenth {n}", n=11 - d) for d in deciles["decile"]]
    texts = [formats.compact_money(v, currency) for v in deciles["value"]]
    notes = [f"{formats.percent(v / total, 0) if total > 0 else ''} · {t('{amount} each', amount=formats.money(v / n, currency))}"
             for v, n in zip(deciles["value"], deciles["guests"], strict=True)]
    return bars.bars(mode(), labels, deciles["value"].tolist(), texts, [t("Best tenth")], notes=notes)


def _terms_said(deciles: pd.DataFrame, years: int, discount_bp: int, margin_bp: int) -> str:
    currency = view().currency
    total = formats.compact_money(deciles["value"].sum(), currency)
    known = deciles["low"].notna().all() and deciles["high"].notna().all()
    span = f" ({formats.compact_money(deciles['low'].sum(), currency)}–{formats.compact_money(deciles['high'].sum(), currency)})" if known else ""
    margin = formats.percent(margin_bp / 10_000, 0) if margin_bp else t("each property's own")
    return t("{total} in all · margin of the next {years} years, discounted by {discount} a year · margin rate: {margin} · n {n}", total=total + span, years=years,
             discount=formats.percent(discount_bp / 10_000, 0), margin=margin, n=formats.count(deciles["guests"].sum()))


# --- whom to care for -------------------------------------------------------------------------------------------------------
@st.fragment
def care() -> None:
    """Guests by value and by the chance that they still are customers; a square opens to its guests."""
    found = load("value_map")
    risk = found[found["tier"].isin(("top", "high")) & found["band"].isin(("doubtful", "gone")) & (found["value"] > 0)]
    n = int(risk["guests"].sum())
    title = t("{n} valuable guests may already be gone", n=formats.count(n)) if n else t("Whom to care for")
    with panel(title, t("Guests by value over three years and by the chance that they are still customers · click a square for its guests")):
        if found.empty:
            small(safe(t("No forecast is shown for these guests.")), grey=True)
            return
        picked = selectable_chart(_map(found), t("Guests by value and chance to be still a customer"), key="care")
        if picked:
            tier, band = picked.split("/")
            _guests(tier, band)


def _map(found: pd.DataFrame) -> dict:
    at = found.set_index(["tier", "band"])["guests"]
    rows, columns = list(value_words.TIERS), list(value_words.BANDS)
    values = [[int(at.get((tier, band), 0)) or None for band in columns] for tier in rows]
    named = {(i, j) for i in (0, 1) for j in (2, 3) if values[i][j]}
    texts, keys = [[formats.count(v) if v else "" for v in row] for row in values], [[f"{r}/{b}" for b in columns] for r in rows]
    return squares.grid_map(mode(), [CHANCES[b] for b in columns], [t(value_words.TIERS[r]) for r in rows], values, texts, keys, named=named,
                            corner=t("still here"))


def _guests(tier: str, band: str) -> None:
    rows = lambda offset, limit: load("value_guests", tier=tier, band=band, offset=offset, limit=limit)  # noqa: E731
    total = rows(0, 1)["rows"]
    st.markdown(f"**{safe(t(value_words.TIERS[tier]))}** · {safe(t(value_words.BANDS[band]))}")
    if len(total):
        guest_rows.listing(f"care_{tier}_{band}", int(total.iloc[0]), rows, guest_columns, t("Guests of this square"))


def guest_columns(frame: pd.DataFrame) -> dict[str, list]:
    """Return what a list of guests says of their value."""
    currency = view().currency
    value = [formats.money(v, currency) + (f" ({formats.money(low, currency)}–{formats.money(high, currency)})" if pd.notna(low) else "")
             for v, low, high in zip(frame["value"], frame["value_low"], frame["value_high"], strict=True)]
    return {t("Value, 3 years"): value, t("Stays"): frame["stays"], t("Last departure"): frame["last_on"].map(guest_rows.day),
            t("Still a customer"): [formats.chance(p / 1e6) for p in frame["alive_ppm"]],
            t("Comes in 12 months"): [formats.chance(p / 1e6) for p in frame["return_ppm"]]}


# --- where they come from -----------------------------------------------------------------------------------------------------
@st.fragment
def acquired() -> None:
    """Mean value of a guest by how the first stay came about."""
    by = st.session_state.get("value_by") or "way"
    found = load("value_by", by=by)
    shown = found[~found["few"]].head(MOST_GROUPS).sort_values("mean", ascending=False, ignore_index=True)
    names = [_group(by, g) for g in shown["group"]]
    with panel(value_words.margin_title(shown, names), t("Mean value of a guest over three years, by the first stay, with 95% interval over guests"), right=_by):
        if shown.empty:
            small(safe(t("No group has 30 guests with a forecast.")), grey=True)
            return
        currency = view().currency
        texts = [f"{formats.money(r.mean, currency)} · {formats.n(int(r.guests))}" for r in shown.itertuples()]
        chart(interval.forest(mode(), names, shown["mean"], shown["low"], shown["high"], texts, say=lambda v: formats.round_money(v, currency)),
              t("Mean value by {dimension}", dimension=t(BY[by]).lower()), key="acquired")
        if by == "cohort":
            small(safe(t("Older guests have had more time to show that they come again, or that they do not.")), grey=True)


def _by() -> None:
    st.selectbox(t("Split by"), list(BY), format_func=lambda by: t(BY[by]), key="value_by", label_visibility="collapsed", width=180)


def _group(by: str, group: object) -> str:
    if by == "cohort":
        return str(int(group))
    names = {**load("properties").set_index("property_id")["name"].to_dict(), **load("channels").set_index("channel")["name"].to_dict()}
    return words.group_name(by, group, names)


# --- can it be believed -------------------------------------------------------------------------------------------------------
def believed() -> None:
    """The back-test: what would have been said a year ago, and what came; and the ten tenths of chances."""
    models = load("guest_models")
    tested = models[models["tested"] > 0]
    with panel(t("Can it be believed?"), t("Fitted to what was known a year ago, then held against the year since")):
        if tested.empty:
            small(safe(t("No test yet: it needs a year of history after enough guests were known.")), grey=True)
            return
        names = load("properties").set_index("property_id")["name"]
        for row in tested.to_dict("records"):
            place = f"**{safe(str(names.get(row['property_id'], '')))}** " if len(models) > 1 else ""
            st.markdown(place + safe(value_words.came_true(row)))
        _calibration()
        for row in models.head(1).to_dict("records"):
            small(safe(value_words.speaker(row)), grey=True)
        _workings(models)


def _calibration() -> None:
    tenths = load("forecast_deciles")
    came = [f"{formats.percent(r.share)} ({formats.share_interval(r.low, r.high)})" for r in tenths.itertuples()]
    texts = [t("foretold {foretold}, came {came}", foretold=formats.percent(f), came=c) for f, c in zip(tenths["foretold"], came, strict=True)]
    chart(calibration.calibration(mode(), tenths["foretold"], tenths["share"], tenths["low"], tenths["high"], texts, agreed=t("as foretold"),
                                  across=t("foretold chance to come within the year"), say=lambda v: formats.percent(v, 0), height=230),
          t("Foretold and observed shares of guests who came, by tenth"), key="calibration")


def _workings(models: pd.DataFrame) -> None:
    with st.expander(t("How it is computed"), icon=":material/function:"):
        st.markdown(safe(t("MBG/NBD: guests come at a rate of their own until they are lost, after any stay, unseen. Rates and chances of loss "
                           "differ between guests (gamma and beta laws). Spend a stay: Gamma-Gamma. Value: expected stays of each year, spread "
                           "over its months, times spend, times margin, discounted. Intervals are those of the parameters, widened by the "
                           "error of the back-test.")))
        for row in models.to_dict("records"):
            _parameters(row)


def fits() -> None:
    """How the model sits on the stays it was fitted to: guests by number of repeat stays, as they are and as it expects them."""
    models = load("guest_models")
    with panel(t("How well it fits"), t("Guests by stays after the first one, and as the model expects them")):
        shown = [row for row in models.to_dict("records") if queries.said(row, "checks")]
        if len(shown) != 1:
            small(safe(t("Told for one property, or for all of them together.")), grey=True)
            return
        checks = queries.said(shown[0], "checks")
        names = [formats.count(x) for x in range(len(checks["actual"]) - 1)] + [f"{len(checks['actual']) - 1}+"]
        table = pd.DataFrame({t("Repeat stays"): names, t("Guests"): map(formats.count, checks["actual"]), t("Expected"): map(formats.count, checks["expected"])})
        right = st.column_config.Column(alignment="right")
        st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), alt=t("Guests by repeat stays, actual and expected"),
                     column_config={t("Guests"): right, t("Expected"): right})


def _parameters(row: dict) -> None:
    fitted = queries.said(row, "fitted")
    parts = [f"{name} {formats.decimal(v[0], 3)}" + (f" ({formats.interval(v[1], v[2], 3)})" if len(v) > 1 else "") for name, v in fitted.items()]
    if pd.notna(row["correlation"]):
        parts.append(t("correlation of frequency and spend {r}", r=formats.decimal(row["correlation"], 2)))
    if pd.notna(row["brier"]):
        parts.append(t("Brier {brier}, without a model {base}", brier=formats.decimal(row["brier"], 4), base=formats.decimal(row["base_brier"], 4)))
    if pd.notna(row["coverage"]):
        parts.append(t("{share} of the cohorts inside their interval", share=formats.percent(row["coverage"], 0)))
    small(safe(" · ".join(parts)), grey=True)
