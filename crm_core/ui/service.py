"""The cards of service in figures: what waits for how long, how fast cases are answered and solved, what they come from, and where."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, interval, trend
from crm_core.i18n import t
from crm_core.telling import case_words
from crm_core.telling import feedback_words as feedback
from crm_core.ui import cases
from crm_core.ui import service_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, empty, mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("first_response_median", "solve_time_median", "sla_met_rate", "reopen_rate", "cases_per_100_stays", "post_case_return")
BY = ("department", "kind", "priority", "property", "owner", "opened_from", "block")
SHOWN = 12


def anything() -> bool:
    """Say whether a case was opened in the period or is open now."""
    return not load("cases_by", by="kind").empty or not load("backlog_ages").empty


def nothing() -> None:
    """The figures without cases: what is missing and where cases come from."""
    empty(t("No cases in this view"), t("No complaint or request of these days is known. Open one at the desk or from a review, or bring in a file."))
    with st.container(horizontal=True):
        st.page_link(PAGES / "cases.py", label=t("Cases"), icon=":material/flag:")
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")


def name_of(by: str):
    """Return the function that names a group of a split."""
    if by == "property":
        places = load("properties").set_index("property_id")["name"]
        return lambda group: str(places.get(group, t("Not known")))
    if by == "month":
        return lambda group: formats.month(pd.Timestamp(group).date())
    if by in case_words.CODED:
        return lambda group: case_words.coded(by, str(group))
    return lambda group: plain(str(group)) or (t("Nobody") if by == "owner" else t("Not known"))


# --- what waits ------------------------------------------------------------------------------------------------------------------
def backlog() -> None:
    """Open cases by age, those overdue in red."""
    found = load("backlog_ages")
    with panel(words.backlog_title(found), t("Open cases by age in days, whatever the period · overdue in red")):
        ages = found.groupby("age")[["cases", "waiting", "overdue"]].sum() if len(found) else pd.DataFrame(columns=["cases", "waiting", "overdue"])
        with st.grid(5, min_column_width=88, gap="xsmall"):
            for age, label in feedback.AGES.items():
                count, waiting, late = (int(ages[name].get(age, 0)) for name in ("cases", "waiting", "overdue"))
                with st.container(gap="xxsmall"):
                    st.metric(t(label), formats.count(count))
                    said = safe(t("{n} overdue", n=formats.count(late)))
                    small(f":red[**{said}**]" if late else said, grey=not late)
                    small(safe(t("{n} wait for the guest", n=formats.count(waiting))) if waiting else "", grey=True)
        st.page_link(PAGES / "cases.py", label=t("Work on them"), icon=":material/arrow_forward:", icon_position="right")


# --- how fast --------------------------------------------------------------------------------------------------------------------
@st.fragment
def speed() -> None:
    """First answer, solution, share in time, opened again and cost by department, kind or priority; a row opens to its cases."""
    by = st.session_state.get("speed_by") or "department"
    found, name = load("cases_by", by=by).head(SHOWN), name_of(by)
    title = words.met_title(found, name)
    with panel(title, t("Share solved by its due time with 95% interval · cases opened in the period"), right=_by):
        if found.empty:
            small(safe(t("No case was opened in this period.")), grey=True)
            return
        enough = found["due"] >= words.LEAST
        hundred = lambda column: (100 * found[column]).where(enough)  # noqa: E731
        labels = [name(group) for group in found["group"]]
        texts = [words.share(r.met, r.met_low, r.met_high, r.due) for r in found.itertuples()]
        picked = selectable_chart(interval.forest(mode(), labels, hundred("met"), hundred("met_low"), hundred("met_high"), texts,
                                                  say=lambda x: formats.percent(x / 100, 0), keys=list(range(len(found)))), title, key=f"met_{by}")
        _table(found, labels, by)
        if picked is not None and int(picked) < len(found):
            _cases(by, found["group"].iloc[int(picked)], labels[int(picked)])


def _by() -> None:
    st.selectbox(t("Split by"), BY, format_func=lambda by: t(words.BY[by]), key="speed_by", label_visibility="collapsed", width=170)


def _table(found: pd.DataFrame, labels: list[str], by: str) -> None:
    currency = view().currency
    rows = pd.DataFrame({
        t(words.BY[by]): labels, t("Cases"): [formats.count(n) for n in found["cases"]], t("Answer, median"): [words.lasted(h) for h in found["answer"]],
        t("90% within"): [words.lasted(h) for h in found["answer_90"]], t("Solved, median"): [words.lasted(h) for h in found["solve"]],
        t("90% solved within"): [words.lasted(h) for h in found["solve_90"]],
        t("Opened again"): [words.share(r.reopen, r.reopen_low, r.reopen_high, r.ripe) for r in found.itertuples()],
        t("Cost"): [formats.money(c, currency) if pd.notna(c) and c else formats.DASH for c in found["cost"]]})
    st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows), SHOWN), alt=t("How fast cases are answered and solved, by group"))
    small(safe(t("Times by Kaplan-Meier: what still waits counts for as long as it has waited. Click a mark to see its cases.")), grey=True)


def _cases(by: str, group: object, label: str) -> None:
    found = load("case_ids", group=(by, group.item() if hasattr(group, "item") else group), limit=100)
    st.markdown(f"**{safe(label)}**")
    if len(found):
        cases.behind(found["case_id"].tolist(), int(found["rows"].iloc[0]), f"cases_of_{by}")


# --- what they come from, and where ----------------------------------------------------------------------------------------------
@st.fragment
def causes() -> None:
    """Root causes, most frequent first: the vital few in the accent; a bar opens to its cases."""
    found = load("case_causes")
    name = lambda cause: case_words.coded("root_cause", cause)  # noqa: E731
    title = words.causes_title(found, name)
    with panel(title, t("Cases closed in the period by root cause · accent: the few that make up four fifths")):
        if found.empty:
            small(safe(t("The cause is chosen when a case is closed.")), grey=True)
            return
        labels = [name(cause) for cause in found["cause"]]
        notes = [t("{share} together", share=formats.percent(up_to, 0)) for up_to in found["up_to"]]
        drawn = bars.bars(mode(), labels, found["cases"], [formats.count(n) for n in found["cases"]],
                          [label for label, vital in zip(labels, found["is_vital"], strict=True) if vital], notes=notes, keys=found["cause"].tolist())
        picked = selectable_chart(drawn, title, key="causes")
        small(safe(f"{formats.n(int(found['n'].iloc[0]))} · {t('{n} without a cause', n=formats.count(int(found['unknown'].iloc[0])))}"), grey=True)
        if picked in set(found["cause"]):
            _cases("cause", picked, name(picked))


def rates() -> None:
    """Complaints per 100 stays by property and by month."""
    places, months, name = load("cases_by", by="property"), load("cases_by", by="month"), name_of("property")
    title = words.rates_title(places, name)
    with panel(title, t("Complaints per 100 stays that ended in the period; below by month")):
        if places.empty:
            small(safe(t("No case was opened in this period.")), grey=True)
            return
        texts = [formats.decimal(x) if n >= words.LEAST_STAYS else t("too few stays") for x, n in zip(places["per_100"], places["stays"], strict=True)]
        known = places["per_100"].where(places["stays"] >= words.LEAST_STAYS)
        labels = [name(group) for group in places["group"]]
        notes = [t("{n} stays", n=formats.count(n)) for n in places["stays"]]
        chart(bars.bars(mode(), labels, known, texts, labels[:0] if known.isna().all() else [labels[int(known.argmax())]], notes=notes), title, key="rate_places")
        if len(months) > 1:
            named = [formats.month_short(pd.Timestamp(month).date()) for month in months["group"]]
            chart(trend.trend(mode(), named, months["per_100"], None, [True] * len(months), [formats.decimal(x) for x in months["per_100"]],
                              say=lambda x: formats.decimal(x), height=170), t("Complaints per 100 stays by month"), key="rate_months")
