"""The values of a campaign's plan: which there are, and what each of them can be."""
import datetime as dt
import json

from crm_core.i18n import N_
from crm_core.records.registry import Refused
from crm_core.schema import CAMPAIGN_PURPOSES, CONSENT_CHANNELS, PRIMARY_KPIS

COSTS = ("cost_minor", "discount_minor", "staff_minor", "budget_minor", "currency")
# What is written down before the first message, and never after.
EXPERIMENT = ("planned_on", "window_days", "hypothesis", "primary_kpi", "planned_people", "holdout_bp", "stop_on", "groups")
LONGEST = {"subject": 200, "offer": 200, "hypothesis": 600, "owner": 80}
CHOICES = {"purpose": CAMPAIGN_PURPOSES, "channel": CONSENT_CHANNELS, "primary_kpi": PRIMARY_KPIS}
BOUNDS = {"window_days": (1, 730), "planned_people": (1, 10**7), "holdout_bp": (0, 5000), **dict.fromkeys(COSTS[:4], (0, 10**12))}
NEEDED = ("window_days",)  # every other number may be unknown
DAYS = ("planned_on", "stop_on")
MOST_GROUPS = 10
FIELDS = (*LONGEST, *CHOICES, *BOUNDS, *DAYS, "currency", "groups")


def checked(values: dict, row: dict | None = None) -> dict:
    """Return values as they are stored; `row` is the plan as it stands. Raises Refused for what is unknown or cannot be."""
    stored = {name: _checked(name, value) for name, value in values.items() if name != "properties"}
    after = (row or {}) | stored
    if any(after.get(name) is not None for name in COSTS[:4]) and not after.get("currency"):
        raise Refused(N_("Say in which currency the amounts are."))
    return stored


def _checked(name: str, value: object) -> object:
    if name not in FIELDS:
        raise Refused(N_("This cannot be changed in a plan."))
    if name in LONGEST:
        return _text(name, value)
    if name in CHOICES:
        return _choice(name, value)
    if name in BOUNDS:
        return _whole(name, value)
    return {"currency": _currency, "groups": _groups}.get(name, _day)(value)


def _text(name: str, value: object) -> str:
    plain = str(value or "").replace("\x00", "").strip()
    if len(plain) > LONGEST[name]:
        raise Refused(N_("A text of the plan is too long."))
    return plain


def _choice(name: str, value: object) -> object:
    if value not in CHOICES[name]:
        raise Refused(N_("Choose one of the values that are offered."))
    return value


def _whole(name: str, value: object) -> int | None:
    low, high = BOUNDS[name]
    if value is None and name not in NEEDED:
        return None
    if type(value) is not int or not low <= value <= high:
        raise Refused(N_("A number of the plan is out of range."))
    return value


def _currency(value: object) -> str | None:
    if value is not None and not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
        raise Refused(N_("Write a currency in three capital letters, like EUR."))
    return value


def _groups(value: object) -> str:
    if not isinstance(value, list | tuple) or len(value) > MOST_GROUPS or not all(isinstance(one, str) and 0 < len(one) <= 80 for one in value):
        raise Refused(N_("Choose at most ten groups to look into."))
    return json.dumps(list(value), ensure_ascii=False)


def _day(value: object) -> dt.date | None:
    if value is not None and type(value) is not dt.date:
        raise Refused(N_("Write the date as 2025-03-31."))
    return value
