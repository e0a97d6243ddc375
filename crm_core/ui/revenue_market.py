"""The house beside its market, and the books for the nights to come."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import gain_loss, lines, trend
from crm_core.i18n import N_, t
from crm_core.metrics import metric
from crm_core.queries.revenue import INDICES
from crm_core.telling.figures import axis_text
from crm_core.ui import revenue_words as words
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, downloads, mode, panel, small, table_height
from crm_core.ui.revenue import month_labels
from crm_core.ui.text import plain, safe

ROWS = {"revpar": N_("Our RevPAR"), "set_revpar": N_("RevPAR of the set"), "rgi": N_("RevPAR index"), "occupancy": N_("Our occupancy"),
        "set_occupancy": N_("Occupancy of the set"), "mpi": N_("Occupancy index"), "adr": N_("Our rate"), "set_adr": N_("Rate of the set"),
        "ari": N_("Rate index")}  # fmt: skip
AS_THE_SET = 100


# --- beside the market -------------------------------------------------------------------------------------------------------------------
def market() -> None:
    """RevPAR of the house and of its set by month, the index below, and both years in numbers."""
    sets = load("market_sets")
    if sets[sets["is_main"] & (sets["hidden"] == "")].empty:
        _without(sets)
        return
    year, months = load("market_year"), load("market_months", count=13)
    title = words.market_title(year)
    known = sets[sets["is_main"] & (sets["hidden"] == "")]["property_id"]
    with panel(title, f"{t('RevPAR of the house and of its comparison set by month · only the days for which the set is known')} · {_places(known)}",
               height="content"):
        left, right = st.columns([1.62, 1], gap="medium")
        with left:
            _lines(title, months)
        with right:
            _both_years(year)
            small(safe(words.market_note(year)), grey=True)
            _hidden(sets)
        downloads("market", [t("Month"), *(t(name) for name in ROWS.values())], lambda: list(months[["month", *ROWS]].itertuples(index=False, name=None)))


def _without(sets: pd.DataFrame) -> None:
    with panel(t("No comparison set yet: a fall alone does not say whether you lost or the market did"), height="content"):
        _hidden(sets)
        st.markdown(safe(t("Bring in a file with one row per month: property, set, number of hotels, first and last day, rooms on offer, rooms sold and room "
                           "revenue of all hotels of the set together. From four hotels on, none can be recognised.")))
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")


def _hidden(sets: pd.DataFrame) -> None:
    """Why the figures of a set are not told."""
    for row in sets[sets["hidden"] != ""].itertuples():
        small(safe(t(words.HIDDEN[row.hidden], place=_places([row.property_id]), set=plain(row.set_name))), grey=True)


def _places(ids) -> str:
    names = load("properties").set_index("property_id")["name"]
    return formats.listed([plain(str(names.get(one))) for one in ids])


def _lines(title: str, months: pd.DataFrame) -> None:
    currency, labels = view().currency, month_labels(months["month"])
    money = lambda x: formats.round_money(x, currency)  # noqa: E731
    exact = lambda column: [formats.money_exact(x, currency) for x in months[column]]  # noqa: E731
    both = [lines.Series(t("the house"), months["revpar"], exact("revpar")), lines.Series(t("the set"), months["set_revpar"], exact("set_revpar"))]
    chart(lines.lines(mode(), labels, both, say=money, height=230), title, key="market_revpar")
    small(safe(t("RevPAR index, the set is 100 · dotted: the year before")), grey=True)
    said = lambda column: [formats.decimal(x, 1) for x in months[column]]  # noqa: E731
    # Drawn around 100 and not from zero: what is looked for is on which side of the set the house stands.
    index = [lines.Series(t("index"), months["rgi"] - AS_THE_SET, said("rgi")),
             lines.Series(t("last year"), months["was_rgi"] - AS_THE_SET, said("was_rgi"), dotted=True)]
    chart(lines.lines(mode(), labels, index, say=lambda x: formats.decimal(x + AS_THE_SET, 0), height=150), t("RevPAR index by month"), key="market_index")


def _both_years(year: pd.DataFrame) -> None:
    now, before = (year[year["period"] == period].iloc[0] for period in ("now", "year"))
    table = pd.DataFrame([{t("Twelve months"): t(name), t("Now"): _said(key, now[key]), t("Last year"): _said(key, before[key]),
                           t("Change"): _moved(key, now[key], before[key])} for key, name in ROWS.items()])
    right = {name: st.column_config.Column(alignment="right", width=width) for name, width in zip(table.columns[1:], (84, 84, 76), strict=True)}
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), column_config=right,
                 alt=t("The house and its set, now and last year"))


def _said(key: str, value: float) -> str:
    if key in INDICES:
        return formats.decimal(value, 1)
    return formats.percent(value) if key.endswith("occupancy") else formats.money_exact(value, view().currency)


def _moved(key: str, now: float, before: float) -> str:
    if key in INDICES:
        return formats.signed(now - before, 1)
    return formats.points(now - before) if key.endswith("occupancy") else formats.relative(now / before - 1 if before else float("nan"))


# --- the books ---------------------------------------------------------------------------------------------------------------------------
def books() -> None:
    """Nights on the books by month of stay beside the same point a year before, and what the last seven days brought and took."""
    found = load("pickup_months")
    title = words.books_title(found)
    with panel(title, t("Nights by month of stay · hollow: on the books · dotted: the books at the same point last year")):
        if not found["nights"].sum() and not found["picked"].abs().sum():
            small(safe(t("Nothing is on the books.")), grey=True)
            return
        found = found.head(1 + max(at for at, n in enumerate(found[["nights", "was_nights", "booked"]].fillna(0).sum(axis=1)) if n or at == 0))
        labels, count = month_labels(found["month"]), len(found)
        say = lambda x: axis_text(metric("rooms_sold"), x, "")  # noqa: E731
        texts = [formats.count(n) if n and at % 2 == 0 else "" for at, n in enumerate(found["nights"])]  # on a phone two beside each other would touch
        chart(trend.trend(mode(), labels, found["nights"], found["was_nights"], [True] * count, texts, provisional=[True] * count,
                          comparison_name=t("last year"), say=say, height=230), title, key="books")
        small(safe(t("Of these, what the last 7 days brought (up) and took (down)")), grey=True)
        chart(gain_loss.gain_loss(mode(), labels, found["booked"], found["cancelled"], [formats.signed(n) for n in found["booked"]],
                                  [formats.signed(n) for n in found["cancelled"]], say=say, height=130),
              t("Nights booked and cancelled in the last 7 days, by month of stay"), key="pickup")
        downloads("books", [t("Month"), t("On the books"), t("Revenue"), t("Booked"), t("Cancelled"), t("Books last year"), t("Sold last year")],
                  lambda: list(found[["month", "nights", "revenue", "booked", "cancelled", "was_nights", "was_sold"]].itertuples(index=False, name=None)))
