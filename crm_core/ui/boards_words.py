"""Words of boards and of their reports: what a first board holds, when a report is made, and what became of it."""
import datetime as dt

from crm_core import formats
from crm_core.i18n import LANGUAGES, N_, t

FIRST_BOARD = N_("My Monday")
KINDS = {"board": N_("board"), "view": N_("view")}
# What a hotelier looks at first in a week: what was sold, at what price and through whom, who came back, what guests said.
STARTERS = (
    (N_("RevPAR by month"), "explore", {"kpi": "revpar", "rows": "month"}),
    (N_("Direct share by property"), "figure", {"kpi": "direct_share_nights", "by": "property"}),
    (N_("Who came back"), "retention", {}),
    (N_("Cancellations by lead time"), "figure", {"kpi": "cancellation_rate", "by": "lead_band", "period": "3m"}),
)
RHYTHMS = {"asked": N_("only when asked"), "daily": N_("every day"), "weekly": N_("every week"), "monthly": N_("every month")}
FORMS = {"html": "HTML", "pdf": "PDF"}
STATES = {"made": N_("made"), "failed": N_("could not be made")}


def rhythm(code: str, on_day: int | None) -> str:
    """Return when a report is made: every day, on Mondays, on day 5 of every month, or only when asked."""
    if code == "weekly":
        return t("every week on {weekday}", weekday=weekday(on_day or 0))
    if code == "monthly":
        return t("on day {n} of every month", n=on_day or 1)
    return t(RHYTHMS[code])


def weekday(number: int) -> str:
    """Return the name of a weekday, 0 = Monday."""
    return formats.weekday(dt.date(2024, 1, 1) + dt.timedelta(number))  # a Monday


def plan(row: dict) -> str:
    """Return in one line what a report is: rhythm, forms, language."""
    forms = " + ".join(FORMS[one] for one in row["forms"])
    return " · ".join((rhythm(row["rhythm"], row["on_day"]), forms, LANGUAGES.get(row["language"], row["language"])))
