"""A view: a page with its filters and choices, as it stands in the URL and as it is saved, put in a lesson or printed."""
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from crm_core.i18n import N_, all_spellings, t
from crm_core.marts.fields import FIELDS
from crm_core.metrics import CATALOGUE
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.rule import BadRule, Segment, loads
from crm_core.scope import Period, Scope, default_period, months_back, next_month
from crm_core.settings import ROOT

PERIODS = {
    "12m": N_("Last 12 months"),
    "3m": N_("Last 3 months"),
    "1m": N_("Last month"),
    "ytd": N_("This year"),
    "ly": N_("Last year"),
    "now": N_("Running month"),
    "dates": N_("Other dates …"),
}
COMPARISONS = {"year": N_("Against last year"), "previous": N_("Against days before")}
EVERYONE = "all"
WHO = {"all": N_("All stays"), "guests": N_("Identified guests")}
HEADER = {"period": PERIODS, "comparison": COMPARISONS, "who": WHO}
CHARTS = {"auto": N_("Fitting chart"), "line": N_("Line"), "bars": N_("Bars"), "heat": N_("Heat map"), "map": N_("Map"), "spread": N_("Distribution"),
          "scatter": N_("Two figures"), "table": N_("Table only")}
TOPS = {"10": N_("10 largest"), "5": N_("5 largest"), "20": N_("20 largest"), "all": N_("All groups")}
CHOICES = {**HEADER, "chart": CHARTS, "top": TOPS}

# Parameters that name KPIs and dimensions; several stand with commas between them.
KPI_PARAMS = ("kpi", "second", "versus", "kpis")
DIMENSION_PARAMS = ("by", "rows", "columns", "panels")
NOTHING = ("", "none")  # no second KPI, no columns
LISTED = ("properties", "channels", "dates")
# A view belongs to no language and no store; what somebody typed to find a person is nobody else's view.
FORGOTTEN = ("lang", "store", "find", "word", "lead_text", "said_text", "case_text", "reviews_text", "why_text")

Names = Mapping[str, Mapping[object, str]]  # of a parameter: what its codes are called, such as {"properties": {3: "Tram House"}}


@dataclass(frozen=True)
class View:
    """A page (a file's stem in pages/) and the parameters of its address in codes, several values with a comma between."""

    page: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> str:
        """The parameters as JSON: the same ones are the same text."""
        return json.dumps(dict(self.params), ensure_ascii=False, sort_keys=True)


def read(page: str, written: str) -> View:
    """Return the view of a page whose parameters were written as JSON; what cannot be read is no parameter."""
    try:
        found = json.loads(written or "{}")
    except ValueError:
        found = {}
    return View(page, {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {})


@cache
def pages() -> tuple[str, ...]:
    """Return the names of the pages there are."""
    return tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py")))


# --- between the URL and codes --------------------------------------------------------------------------------------------------
def codes(page: str, query_params: Mapping[str, str | Iterable[str]], names: Names | None = None) -> dict[str, str]:
    """Return a page's parameters in codes, whatever language their words are of; `names` tells what else has names (see Names).

    Words that nobody knows stay as they are. The language, the store and what was typed into a search are left out.
    """
    found = {}
    for key, said in sorted(query_params.items()):
        values = [said] if isinstance(said, str) else list(said)
        if key not in FORGOTTEN and values and any(values):
            spelt = _spellings(key) | {name: str(code) for code, name in ((names or {}).get(key) or {}).items()}
            found[key] = ",".join(spelt.get(value, value) for value in values)
    return found


def query(view: View, names: Names | None = None) -> dict[str, str | list[str]]:
    """Return a view's parameters as its page's widgets know them, for a link: in the words of the language in use, lists as lists."""
    return {key: _worded(key, value, (names or {}).get(key) or {}) for key, value in view.params.items()}


def _worded(key: str, value: str, names: Mapping[object, str]) -> str | list[str]:
    known = {str(code): name for code, name in names.items()} | {code: t(word) for code, word in _options(key).items()}
    if key in LISTED:
        return [known.get(one, one) for one in value.split(",")]
    return known.get(value, value)


def _options(key: str) -> dict[str, str]:
    if key in CHOICES:
        return CHOICES[key]
    if key in KPI_PARAMS:
        return {k.key: k.name for k in CATALOGUE.values()}
    return {d.key: d.name for d in DIMENSIONS.values()} if key in DIMENSION_PARAMS else {}


@cache
def _spellings(key: str) -> dict[str, str]:
    """What the codes of a parameter are called in every language, and as codes."""
    options = _options(key)
    return {spelling: code for code, word in options.items() for spelling in all_spellings(word)} | {code: code for code in options}


# --- what is no longer there ----------------------------------------------------------------------------------------------------
def problems(view: View, places: Mapping | None = None, channels: Mapping | None = None, segments: Iterable[dict] | None = None) -> list[str]:
    """Return in plain sentences what of a view does not exist here, such as one that another version saved, and what to do.

    Properties, channels and segments are looked at where they are given, as scope_of() takes them.
    """
    if view.page not in pages():
        return [t("The page “{page}” does not exist here: open another one and save it in this view's place.", page=view.page)]
    found = [t("The figure “{kpi}” does not exist here: choose another one and save the view again.", kpi=one)
             for one in kpis(view) if one not in CATALOGUE]
    found += [t("“{dimension}” is nothing that figures can be split by here: choose another split and save the view again.", dimension=one)
              for one in dimensions(view) if one not in DIMENSIONS]
    found += [t("“{word}” is not known here as {what}: choose again and save the view.", word=view.params[key], what=t(what))
              for key, what in (("period", N_("a period")), ("comparison", N_("a comparison")), ("who", N_("a choice of stays")))
              if view.params.get(key, "") not in ("", *HEADER[key])]
    if view.params.get("period") == "dates" and "dates" in view.params and not _dates(view):
        found.append(t("“{word}” are no two dates: choose the dates again and save the view.", word=view.params["dates"]))
    return found + _gone(view, places, channels, segments)


def _gone(view: View, places: Mapping | None, channels: Mapping | None, segments: Iterable[dict] | None) -> list[str]:
    found = []
    for key, there, text in (("properties", places, N_("The property “{word}” is not among those you see: choose others and save the view again.")),
                             ("channels", channels, N_("The channel “{word}” does not exist here: choose others and save the view again."))):
        known = {str(one) for one in there} if there is not None else None
        found += [t(text, word=one) for one in _several(view, key) if known is not None and one not in known]
    among = view.params.get("among", EVERYONE)
    if segments is not None and among != EVERYONE and segment_of(_segment(among, segments)) is None:
        found.append(t("The segment “{word}” is no longer there, or was put away: choose another one and save the view again.", word=among))
    return found


def kpis(view: View) -> tuple[str, ...]:
    """Return the keys of the KPIs that a view names itself, also those that do not exist."""
    return tuple(dict.fromkeys(one for key in KPI_PARAMS for one in view.params.get(key, "").split(",") if one not in NOTHING))


def dimensions(view: View) -> tuple[str, ...]:
    """Return the keys of the dimensions that a view splits by, also those that do not exist."""
    return tuple(dict.fromkeys(one for key in DIMENSION_PARAMS for one in view.params.get(key, "").split(",") if one not in NOTHING))


# --- what a view counts ---------------------------------------------------------------------------------------------------------
def scope_of(view: View, base: Scope, places: Mapping[str | int, int], channels: Mapping[str, str] | Iterable[str] = (),
             segments: Iterable[dict] = ()) -> Scope:
    """Return the scope that a view's filters make of `base`, which they only narrow.

    `places` = a property's name or number → its number, `channels` = a channel's name or code → its code, `segments` = rows of
    records.segments. Of what the view names and `base` does not hold nothing is left: problems() says what that is.
    """
    known = {str(one): place for one, place in places.items()}
    kept = tuple(p for p in base.properties if p in {known.get(one) for one in _several(view, "properties")})
    via = channels if isinstance(channels, Mapping) else {one: one for one in channels}
    code = view.params.get("period", "12m")
    return replace(
        base, properties=kept if "properties" in view.params else base.properties,
        period=(_dates(view) or default_period(base.as_of)) if code == "dates" else period_of(code, base.as_of),
        comparison=view.params["comparison"] if view.params.get("comparison") in COMPARISONS else "year",
        channels=tuple(sorted(via[one] for one in _several(view, "channels") if one in via)), identified=view.params.get("who") == "guests",
        segment=segment_of(_segment(view.params.get("among", EVERYONE), segments)))


def outcome_scope(decision: Mapping, base: Scope, places: Mapping[str | int, int], channels: Mapping[str, str] | Iterable[str] = (),
                  segments: Iterable[dict] = ()) -> Scope:
    """Return the scope in which a decision's figure is read: its properties and filters, over the days from its beginning to before its end.

    `decision` is a row of records.decisions; a figure that stands as it is has no days, and is that of the as-of date.
    """
    whole = replace(base, properties=tuple(p for p in base.properties if p in json.loads(decision["properties"])))
    narrowed = scope_of(read(decision["page"], decision["params"]), whole, places, channels, segments)
    return replace(narrowed, period=Period(decision["from_on"], decision["due_on"]))


def segment_of(row: Mapping | None) -> Segment | None:
    """Return a saved segment as a scope carries it; None for none, and for one whose rule this version no longer understands."""
    try:
        return Segment(loads(row["rule"], FIELDS), row["name"], row["id"]) if row else None
    except BadRule:
        return None


def period_of(code: str, as_of: dt.date) -> Period:
    """Return the period of a code: complete months before `as_of`, or the running month ("now") and year ("ytd").

    Of a code that does not exist, and of "dates", it is the usual one.
    """
    end = as_of.replace(day=1)
    if code in ("12m", "3m", "1m"):
        return Period(months_back(end, int(code[:-1])), end)
    if code == "now":
        return Period(end, next_month(end))
    if code == "ytd":
        return Period(dt.date((as_of - dt.timedelta(1)).year, 1, 1), as_of)
    return Period(dt.date(as_of.year - 1, 1, 1), dt.date(as_of.year, 1, 1)) if code == "ly" else default_period(as_of)


def _segment(among: str, segments: Iterable[dict]) -> dict | None:
    return next((row for row in segments if among in (str(row["id"]), row["name"])), None)


def _several(view: View, key: str) -> list[str]:
    return [one for one in view.params.get(key, "").split(",") if one]


def _dates(view: View) -> Period | None:
    """The days from the first to the last that a view names; None where these are no dates."""
    try:
        days = [dt.date.fromisoformat(one) for one in _several(view, "dates")]
        return Period(min(days), max(days) + dt.timedelta(1)) if len(days) == 2 else None
    except (ValueError, OverflowError):
        return None
