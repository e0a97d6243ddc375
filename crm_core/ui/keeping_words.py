"""Words of what is kept: the filters of a saved view, and the name that is proposed for it."""
from collections.abc import Mapping

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.metrics import CATALOGUE
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.views import COMPARISONS, EVERYONE, PERIODS, WHO, View, dimensions, kpis

LONGEST_NAME = 80
ANNOTATIONS = {"price": N_("Change of prices"), "works": N_("Works in the house"), "team": N_("Change in the team"),
               "market": N_("Event in town or market"), "other": N_("Something else")}


def filters_said(view: View, places: Mapping[int, str], channels: Mapping[str, str], segments: Mapping[int, str], *, days: bool = True) -> str:
    """Return in one line what a view counts: days (unless they are said elsewhere), properties, channels, which stays, which guests.

    Names come by number or code.
    """
    given = view.params
    several = lambda key: [one for one in given.get(key, "").split(",") if one]  # noqa: E731
    named = lambda key, names: formats.listed([str(names.get(one, one)) for one in several(key)])  # noqa: E731
    period = given.get("period", "12m")
    said = " – ".join(several("dates")) if period == "dates" else t(PERIODS[period]) if period in PERIODS else period
    parts = [said] if days else []
    parts += [named("properties", {str(number): name for number, name in places.items()}) or t("All properties")]
    parts += [named("channels", channels)] if several("channels") else []
    parts += [t(WHO["guests"])] if given.get("who") == "guests" else []
    among = given.get("among", EVERYONE)
    parts += [t("only guests of “{segment}”", segment={str(k): v for k, v in segments.items()}.get(among, among))] if among != EVERYONE else []
    parts += [t(COMPARISONS["previous"])] if given.get("comparison") == "previous" else []
    return " · ".join(parts)


def proposed(view: View) -> str:
    """Return a name for a view that names a figure: what it is, and what it is split by; "" for others."""
    named = [t(CATALOGUE[key].name) for key in kpis(view) if key in CATALOGUE]
    if not named:
        return ""
    by = [t(DIMENSIONS[key].name).lower() for key in dimensions(view) if key in DIMENSIONS]
    said = t("{name} by {dimension}", name=named[0], dimension=formats.listed(by)) if by else named[0]
    return said[:LONGEST_NAME]
