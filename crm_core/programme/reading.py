"""The rules of a programme as JSON: read, refused with a sentence that says what to do, and written."""

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import asdict

from crm_core.i18n import N_
from crm_core.programme.terms import EXPIRIES, MEASURES, WINDOWS, Promotion, Rules, Tier

MOST_TIERS, MOST_PROMOTIONS, LONGEST_NAME = 12, 100, 60
LARGEST, MOST_MONTHS, LARGEST_FACTOR = 10**9, 240, 1000
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2200, 1, 1)
OF_TIER, OF_PROMOTION = ("name", "qualify", "retain", "factor"), ("name", "from_on", "until_on", "spend", "factor", "tiers")
OF_RULES = tuple(Rules.__dataclass_fields__)


class BadRules(ValueError):
    """The rules cannot be meant; `message` says what to do, with {placeholders} for `values`."""

    def __init__(self, message: str, **values: object):
        super().__init__(message.format(**values))
        self.message, self.values = message, values


def said(rules: Rules) -> dict:
    """Return rules as JSON takes them; parse() reads them again."""
    return _plain(asdict(rules))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def parse(said: object) -> Rules:
    """Return the rules of what JSON gave, in the form of said(). Raises BadRules with the first thing that is wrong."""
    said = _words(said, OF_RULES)
    tiers = _tiers(said.get("tiers"))
    _check_ladder(tiers)
    earn = {_name(spend): _real(factor, 0) for spend, factor in _mapping(said.get("earn", {})).items()}
    promotions = tuple(_promotion(one, earn, tiers) for one in _several(said.get("promotions", []), MOST_PROMOTIONS))
    return Rules(
        tiers, _one_of(said.get("window", "rolling"), WINDOWS), _months(said.get("window_months", 12)), _months(said.get("valid_months", 12)),
        earn, _whole(said.get("welcome", 0)), promotions, _one_of(said.get("expiry", "age"), EXPIRIES), _months(said.get("expiry_months", 36)),
        _whole(said.get("value_per_1000", 400)))  # fmt: skip


# --- tiers --------------------------------------------------------------------------------------------------------------
def _tiers(said: object) -> tuple[Tier, ...]:
    tiers = tuple(_tier(one) for one in _several(said, MOST_TIERS))
    if not tiers:
        raise BadRules(N_("A programme needs at least one tier: add the one in which everybody begins."))
    _check_once([tier.name for tier in tiers])
    return tiers


def _check_once(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise BadRules(N_("Two tiers are called “{name}”: give each a name of its own."), name=name)
        seen.add(name.casefold())


def _tier(said: object) -> Tier:
    said = _words(said, OF_TIER)
    qualify = _wanted(said.get("qualify", {}))
    return Tier(_name(said.get("name")), qualify, _wanted(said.get("retain", qualify)), _real(said.get("factor", 1.0), 0))


def _wanted(said: object) -> dict[str, int]:
    """Measure → how many of them are wanted; a zero wants nothing, and is left out."""
    wanted = {_one_of(measure, MEASURES): _whole(number) for measure, number in _mapping(said).items()}
    return {measure: wanted[measure] for measure in MEASURES if wanted.get(measure)}


def _check_ladder(tiers: tuple[Tier, ...]) -> None:
    if tiers[0].qualify or tiers[0].retain:
        raise BadRules(N_("The lowest tier, “{tier}”, may ask for nothing: otherwise new members would have no tier."), tier=tiers[0].name)
    for place, tier in enumerate(tiers[1:], 1):
        _check_tier(tier)
        for lower in tiers[1:place]:
            _check_rise(lower, tier)


def _check_tier(tier: Tier) -> None:
    if not tier.qualify:
        raise BadRules(N_("“{tier}” asks for nothing: say how many nights, stays or points lead into it."), tier=tier.name)
    if not set(tier.retain) <= set(tier.qualify):
        raise BadRules(N_("“{tier}” is kept by a measure that does not lead into it: use the same measures for both."), tier=tier.name)
    for measure, number in tier.retain.items():
        if number > tier.qualify[measure]:
            raise BadRules(N_("“{tier}” is harder to keep than to reach: ask for at most {number} to keep it."), tier=tier.name,
                           number=tier.qualify[measure])  # fmt: skip


def _check_rise(lower: Tier, higher: Tier) -> None:
    """A measure must rise from tier to tier, or the same member would belong in both, and keeping the higher be easier than the lower."""
    for measure in set(lower.qualify) & set(higher.qualify):
        if higher.qualify[measure] <= lower.qualify[measure] or higher.retain.get(measure, LARGEST) < lower.retain.get(measure, 0):
            raise BadRules(N_("“{tier}” must ask for more than “{below}”, a tier below it: the two overlap."), tier=higher.name, below=lower.name)


# --- promotions ---------------------------------------------------------------------------------------------------------
def _promotion(said: object, earn: dict, tiers: tuple[Tier, ...]) -> Promotion:
    said = _words(said, OF_PROMOTION)
    name, begins, ends = _name(said.get("name")), _day(said.get("from_on")), _day(said.get("until_on"))
    if ends <= begins:
        raise BadRules(N_("The promotion “{name}” ends before it begins: choose a later end."), name=name)
    spend = tuple(_one_of(one, tuple(earn)) for one in _several(said.get("spend"), len(earn)))
    if not spend:
        raise BadRules(N_("The promotion “{name}” is for no kind of spend: choose at least one."), name=name)
    known = tuple(tier.name for tier in tiers)
    return Promotion(name, begins, ends, spend, _real(said.get("factor"), 1), tuple(_one_of(one, known) for one in _several(said.get("tiers", []), len(known))))


# --- single values ------------------------------------------------------------------------------------------------------
def _words(said: object, known: tuple[str, ...]) -> dict:
    for word in _mapping(said):
        _one_of(word, known)
    return said


def _mapping(said: object) -> dict:
    if not isinstance(said, dict):
        raise BadRules(N_("Rules name each thing and say its value: “{value}” does not."), value=str(said)[:80])
    return said


def _several(said: object, most: int) -> list:
    if not isinstance(said, list | tuple):
        raise BadRules(N_("A list is needed here, and “{value}” is none."), value=str(said)[:80])
    if len(said) > most:
        raise BadRules(N_("There are {n} entries where at most {most} are possible: take some out."), n=len(said), most=most)
    return list(said)


def _one_of(said: object, known: tuple[str, ...]) -> str:
    if not isinstance(said, str) or said not in known:
        raise BadRules(N_("“{value}” is not known here: choose from {known}."), value=str(said)[:80], known=", ".join(known))
    return said


def _name(said: object) -> str:
    if not isinstance(said, str) or not 0 < len(said.strip()) <= LONGEST_NAME:
        raise BadRules(N_("Everything needs a name of at most {most} letters."), most=LONGEST_NAME)
    return said.strip()


def _number(said: object, is_kind: Callable[[object], bool], least: int, most: int, message: str) -> int | float:
    if isinstance(said, bool) or not is_kind(said) or not least <= said <= most:
        raise BadRules(message, value=str(said)[:80], least=least, most=most)
    return said


def _whole(said: object) -> int:
    is_whole = lambda number: isinstance(number, int) or (isinstance(number, float) and number.is_integer())  # noqa: E731
    return int(_number(said, is_whole, 0, LARGEST, N_("“{value}” is no whole number from {least} to {most}: correct it.")))


def _months(said: object) -> int:
    whole = lambda number: isinstance(number, int)  # noqa: E731
    return int(_number(said, whole, 1, MOST_MONTHS, N_("“{value}” is no number of months from {least} to {most}: correct it.")))


def _real(said: object, least: int) -> float:
    real = lambda number: isinstance(number, int | float) and math.isfinite(number)  # noqa: E731
    return float(_number(said, real, least, LARGEST_FACTOR, N_("“{value}” is no number from {least} to {most}: correct it.")))


def _day(said: object) -> dt.date:
    try:
        day = dt.date.fromisoformat(said)
    except (TypeError, ValueError):
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise BadRules(N_("“{value}” is no day: write it like 2025-04-30."), value=str(said)[:80])
    return day
