"""Journeys as data: what they begin with, which messages follow after how many days, and what ends them."""
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_core import rule
from crm_core.i18n import N_

FOLDER = Path(__file__).parents[2] / "data" / "journeys"
MARKETING = "marketing"
PURPOSES, CHANNELS = (MARKETING, "transactional", "survey"), ("email", "sms", "post")
EXITS = ("booked", "cancelled", "unsubscribed", "complained")
# Whoever has said so once is out, however long ago; the others end a journey that has begun.
STANDING = ("unsubscribed", "complained")
MOST_STEPS, MOST_DAYS, MOST_MESSAGES, MOST_HELD_OUT, LONGEST = 12, 3650, 100, 5000, 80
OF_JOURNEY, OF_STEP = ("trigger", "steps", "exit", "cap", "holdout_bp", "purpose", "channel", "once_per"), ("wait", "message", "if")


@dataclass(frozen=True)
class Kind:
    """A kind of trigger: its name, the date from which its days are counted, in which direction, and the fewest days."""

    name: str
    date: str  # arrival, departure, birthday, silent (an enquiry's), cancelled
    sign: int = 1
    least: int = 0


KINDS: dict[str, Kind] = {
    "pre_arrival": Kind(N_("Days before arrival"), "arrival", -1),
    "in_stay": Kind(N_("Day of the stay"), "arrival", 1, 1),  # 1 is the day of arrival
    "post_stay": Kind(N_("Days after departure"), "departure"),
    "birthday": Kind(N_("Days before the birthday"), "birthday", -1),
    "abandoned_enquiry": Kind(N_("Days after an enquiry fell silent or was lost"), "silent"),
    "cancellation": Kind(N_("Days after a cancellation"), "cancelled"),
    "ota_win_back": Kind(N_("Days after the departure of a stay booked at a travel site"), "departure"),
    "lapsed": Kind(N_("Days without a stay"), "departure", 1, 1),
}


class BadJourney(ValueError):
    """The journey cannot be meant; `message` says what to do, with {placeholders} for `values`."""

    def __init__(self, message: str, **values: object):
        super().__init__(message.format(**values))
        self.message, self.values = message, values


@dataclass(frozen=True)
class Step:
    """A message, so many days after the one before it (the first: after the trigger's day); `rule` as JSON text says for whom, "" for all."""

    wait: int
    message: str
    rule: str = ""


@dataclass(frozen=True)
class Journey:
    """A journey: `on` is a key of KINDS; `cap` (messages, days) or None; `once_days` is None where every occasion may begin it."""

    on: str
    days: int
    steps: tuple[Step, ...]
    exit: tuple[str, ...] = ()
    cap: tuple[int, int] | None = None
    holdout_bp: int = 0
    purpose: str = MARKETING
    channel: str = "email"
    once_days: int | None = None

    def begins(self) -> int:
        """Return how many days after its occasion's date a journey begins; below zero: before it."""
        return self.days - 1 if self.on == "in_stay" else KINDS[self.on].sign * self.days

    def due(self) -> tuple[int, ...]:
        """Return for each step how many days after the occasion's date it is due."""
        return tuple(self.begins() + sum(step.wait for step in self.steps[: place + 1]) for place in range(len(self.steps)))


@dataclass(frozen=True)
class Example:
    """A journey to begin with, and what it is for; a house changes it as it likes."""

    code: str
    name: str
    about: str
    journey: Journey


# --- reading and writing ------------------------------------------------------------------------------------------------
def loads(text: str, fields: Mapping[str, rule.Typed] | None = None) -> Journey:
    """Return the journey of a JSON text. Raises BadJourney, or rule.BadRule for the rule of a step."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadJourney(N_("This journey cannot be read: it is not written in JSON.")) from problem
    return parse(said, fields)


def parse(said: object, fields: Mapping[str, rule.Typed] | None = None) -> Journey:
    """Return the journey of what JSON gave. Raises BadJourney with the first thing that is wrong.

    The rules of steps are checked against `fields`, where given: what cannot be meant raises rule.BadRule.
    """
    said = _words(said, OF_JOURNEY)
    on, days = _trigger(said.get("trigger"))
    steps = tuple(_step(one, place, fields) for place, one in enumerate(_several(said.get("steps"))))
    purpose, exits = _one_of(said.get("purpose", MARKETING), PURPOSES), _exits(said.get("exit", []))
    if purpose == MARKETING and not set(STANDING) <= set(exits):
        raise BadJourney(N_("Marketing ends for whoever unsubscribes or complains: add both to what ends the journey."))
    held = _whole(said.get("holdout_bp", 0), 0, MOST_HELD_OUT)
    journey = Journey(on, days, steps, exits, _cap(said.get("cap")), held, purpose, _one_of(said.get("channel", "email"), CHANNELS),
                      _once(said.get("once_per", "stay")))  # fmt: skip
    _check_in_time(journey)
    return journey


def dumps(journey: Journey) -> str:
    """Return a journey as JSON text; loads() reads it again."""
    return json.dumps(dump(journey), ensure_ascii=False)


def dump(journey: Journey) -> dict:
    """Return a journey as JSON takes it; parse() reads it again."""
    steps = [{"wait": step.wait, "message": step.message} | ({"if": json.loads(step.rule)} if step.rule else {}) for step in journey.steps]
    cap = {"cap": {"messages": journey.cap[0], "days": journey.cap[1]}} if journey.cap else {}
    return {"trigger": {"on": journey.on, "days": journey.days}, "steps": steps, "exit": list(journey.exit), **cap, "holdout_bp": journey.holdout_bp,
            "purpose": journey.purpose, "channel": journey.channel,
            "once_per": "stay" if journey.once_days is None else {"days": journey.once_days}}  # fmt: skip


# --- parts --------------------------------------------------------------------------------------------------------------
def _trigger(said: object) -> tuple[str, int]:
    said = _words(said, ("on", "days"))
    on = _one_of(said.get("on"), tuple(KINDS))
    return on, _whole(said.get("days"), KINDS[on].least, MOST_DAYS)


def _several(said: object) -> list:
    if not isinstance(said, list) or not 0 < len(said) <= MOST_STEPS:
        raise BadJourney(N_("A journey has at least one message and at most {most}."), most=MOST_STEPS)
    return said


def _step(said: object, place: int, fields: Mapping[str, rule.Typed] | None) -> Step:
    said = _words(said, OF_STEP)
    wait, message = _whole(said.get("wait", 0), 0, MOST_DAYS), said.get("message")
    if place and not wait:
        raise BadJourney(N_("Two messages of a journey would go out on one day: wait at least one day before the second."))
    if not isinstance(message, str) or not 0 < len(message.strip()) <= LONGEST:
        raise BadJourney(N_("Each step names its message, in at most {most} characters."), most=LONGEST)
    return Step(wait, message.strip(), _rule(said.get("if"), fields))


def _rule(said: object, fields: Mapping[str, rule.Typed] | None) -> str:
    if said is None:
        return ""
    if not isinstance(said, dict):
        raise BadJourney(N_("For whom a message is, is said by a rule: write it in braces."))
    return json.dumps(said if fields is None else rule.dump(rule.parse(said, fields)), ensure_ascii=False)


def _exits(said: object) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise BadJourney(N_("What ends a journey is a list: choose from {choices}."), choices=", ".join(EXITS))
    found = {_one_of(one, EXITS) for one in said}
    return tuple(one for one in EXITS if one in found)


def _cap(said: object) -> tuple[int, int] | None:
    if said is None:
        return None
    said = _words(said, ("messages", "days"))
    return _whole(said.get("messages"), 1, MOST_MESSAGES), _whole(said.get("days"), 1, MOST_DAYS)


def _once(said: object) -> int | None:
    return None if said == "stay" else _whole(_words(said, ("days",)).get("days"), 1, MOST_DAYS)


def _check_in_time(journey: Journey) -> None:
    """What is written before a day is not sent after it."""
    last = journey.due()[-1]
    if KINDS[journey.on].sign < 0 and last > 0:
        raise BadJourney(N_("The last message would go out {days} days after the day that it comes before: shorten the waits."), days=last)


# --- single values ------------------------------------------------------------------------------------------------------
def _words(said: object, known: tuple[str, ...]) -> dict:
    if not isinstance(said, dict):
        raise BadJourney(N_("A journey names each thing and says its value: “{value}” does not."), value=str(said)[:LONGEST])
    for word in said:
        _one_of(word, known)
    return said


def _one_of(said: object, known: tuple[str, ...]) -> str:
    if not isinstance(said, str) or said not in known:
        raise BadJourney(N_("“{value}” is not known here: choose from {choices}."), value=str(said)[:LONGEST], choices=", ".join(known))
    return said


def _whole(said: object, least: int, most: int) -> int:
    if type(said) is not int or not least <= said <= most:
        raise BadJourney(N_("“{value}” is no whole number from {least} to {most}."), value=str(said)[:LONGEST], least=least, most=most)
    return said


# --- what ships ---------------------------------------------------------------------------------------------------------
def _example(path: Path) -> Example:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return Example(path.stem, said.pop("name"), said.pop("about"), parse(said))


SHIPPED: tuple[Example, ...] = tuple(_example(FOLDER / f"{kind}.toml") for kind in KINDS)
