"""Journeys in words: what they begin with and end by, whom they would write to, who left them and why, and what they caused."""
import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.outreach import simulation, waterfall
from crm_core.outreach.journeys import MARKETING, Journey
from crm_core.schema import ARMS, DUE_STATES
from crm_core.stats.uplift import LEAST

DUE, EXPORTED, LEFT = DUE_STATES
WRITTEN, HELD_OUT = ARMS
REASONS = simulation.WHYS | waterfall.REASONS
KINDS = {"pre_arrival": N_("Before arrival"), "in_stay": N_("During the stay"), "post_stay": N_("After the stay"), "birthday": N_("Birthday"),
         "abandoned_enquiry": N_("Silent enquiry"), "cancellation": N_("After a cancellation"), "ota_win_back": N_("Booked at a travel site"),
         "lapsed": N_("Long not seen")}
# What a journey begins with, some days from its day and on the day itself.
BEGINS = {
    "pre_arrival": (N_("{days} before arrival"), N_("on the day of arrival")), "in_stay": (N_("on day {n} of the stay"), ""),
    "post_stay": (N_("{days} after departure"), N_("on the day of departure")), "birthday": (N_("{days} before the birthday"), N_("on the birthday")),
    "abandoned_enquiry": (N_("{days} after an enquiry fell silent or was lost"), N_("on the day an enquiry fell silent or was lost")),
    "cancellation": (N_("{days} after a cancellation"), N_("on the day of a cancellation")),
    "ota_win_back": (N_("{days} after a stay booked at a travel site"), N_("on the last day of a stay booked at a travel site")),
    "lapsed": (N_("{days} without a stay"), "")}  # fmt: skip
EXITS = {"booked": N_("books"), "cancelled": N_("cancels"), "unsubscribed": N_("unsubscribes"), "complained": N_("complains")}
PURPOSES = {"marketing": N_("Marketing"), "transactional": N_("About a stay"), "survey": N_("Survey")}
CHANNELS = {"email": N_("e-mail"), "sms": N_("SMS"), "post": N_("post")}
ALLOWED = {"marketing": N_("Marketing by {channel}: only to guests who said yes, with proof."),
           "transactional": N_("Belongs to a stay, by {channel}: nobody needs to have said yes."),
           "survey": N_("A survey by {channel}: to guests who did not say no.")}
OF_VERDICT = {"shown": "good", "harm": "bad"}


def reason(why: str) -> str:
    """Return why a message is not due."""
    return t(REASONS[why]) if why in REASONS else why


def _within(name: str) -> str:
    return name[:1].lower() + name[1:]


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


# --- its rules --------------------------------------------------------------------------------------------------------------------
def begins(on: str, days: int) -> str:
    """Return what a journey begins with, as a clause: "7 days before arrival"."""
    some, none = BEGINS[on]
    return t(some, days=formats.days(days), n=formats.count(days)) if days or not none else t(none)


def lines(one: Journey, whom: Callable[[str], str], house: tuple[int, int]) -> list[str]:
    """Return a journey's rules as sentences; `whom` puts the rule of a step in words, `house` is the cap of the house (messages, days)."""
    steps = [step(place, wait=each.wait, message=each.message, whom=whom(each.rule) if each.rule else "") for place, each in enumerate(one.steps)]
    return [t("Begins {when}.", when=begins(one.on, one.days)), *steps, ends(one), cap(one, house), once(one), held(one),
            t(ALLOWED[one.purpose], channel=t(CHANNELS[one.channel]))]


def step(place: int, *, wait: int, message: str, whom: str) -> str:
    """Return a step as a sentence: "6 days later: “eve_of_arrival”."."""
    when = t("{days} later", days=formats.days(wait)) if wait else t("That day")
    if whom:
        return t("{when}: “{message}”, only to guests with {whom}.", when=when, message=message, whom=whom)
    return t("{when}: “{message}”.", when=when, message=message)


def ends(one: Journey) -> str:
    """Return what ends a journey."""
    if not one.exit:
        return t("Nothing ends it before its last message.")
    return t("Ends as soon as the guest {exits}.", exits=formats.either([t(EXITS[code]) for code in one.exit]))


def cap(one: Journey, house: tuple[int, int]) -> str:
    """Return how many messages are enough."""
    if one.cap is None and one.purpose != MARKETING:
        return t("No limit on messages.")
    messages, days = one.cap or house
    said = tn("At most {n} message in {days} to a guest, those of other journeys and campaigns included.",
              "At most {n} messages in {days} to a guest, those of other journeys and campaigns included.", messages, n=formats.count(messages),
              days=formats.days(days))
    return said if one.cap else t("{said} That is the limit of the house.", said=said)


def once(one: Journey) -> str:
    """Return how often a guest can begin a journey."""
    return t("Every occasion begins it anew.") if one.once_days is None else t("A guest begins it at most once in {days}.", days=formats.days(one.once_days))


def held(one: Journey) -> str:
    """Return who is held out, and what that means for knowing the effect."""
    if one.holdout_bp:
        return t("{share} are held out by lot and get nothing: so its effect can be told.", share=_share(one.holdout_bp))
    return t("Nobody is held out: what it causes will not be known.") if one.purpose == MARKETING else t("Nobody is held out.")


def _share(bp: int) -> str:
    return formats.percent(bp / 10_000, 0 if bp % 100 == 0 else 1)


def differences(before: list[str], now: list[str]) -> list[str]:
    """Return what a version's rules say anew, and what they say no longer."""
    new = [line for line in now if line not in before]
    return new + [t("No longer: {line}", line=line) for line in before if line not in now]


# --- all journeys -----------------------------------------------------------------------------------------------------------------
def list_title(rows: Sequence[Mapping]) -> str:
    """Return how many journeys run, and which of them wrote to the most people."""
    if not rows:
        return t("There is no journey yet")
    run = sum(bool(row["is_active"]) for row in rows)
    said = t("{n} journeys run", n=formats.n_of(run, len(rows)))
    most = max(rows, key=lambda row: row["written"])
    if not most["written"]:
        return said
    return t("{said}; “{name}” wrote to the most people: {people}", said=said, name=most["name"], people=formats.count(most["written"]))


def state(row: Mapping) -> tuple[str, str]:
    """Return whether a journey runs, as (tone, text)."""
    if row["archived_at"]:
        return "gray", t("put away")
    return ("green", t("runs")) if row["is_active"] else ("orange", t("stopped"))


def difference(row: Mapping | None) -> str:
    """Return what those written to did beyond those held out, as a cell of a list."""
    if row is None or pd.isna(row["treated_n"]):
        return t("nothing fell due")
    if row["verdict"] == "no_control":
        return t("not known: nobody held out")
    if row["verdict"] in ("early", "few"):
        return t("too early") if row["verdict"] == "early" else t("too few people")
    return lifted(row)


def lifted(row: Mapping) -> str:
    """Return a lift with its interval in points: "+1.2 (0.4 to 1.9)"."""
    return f"{formats.signed(100 * row['lift'], 1)} ({formats.points_interval(row['low'], row['high'])})"


def lifts_title(found: pd.DataFrame) -> str:
    """Return which journeys cause bookings beyond chance."""
    shown, harm = (found.loc[found["verdict"] == code, "journey"].tolist() for code in ("shown", "harm"))
    if shown:
        return t("Causes bookings: {names}", names=formats.listed([t("“{words}”", words=name) for name in shown]))
    if harm:
        return t("Fewer book than without it: {names}", names=formats.listed([t("“{words}”", words=name) for name in harm]))
    return t("No journey is shown to cause bookings") if (found["verdict"] == "not_shown").any() else t("What journeys cause cannot be told yet")


def arms(row: Mapping) -> str:
    """Return how many of each arm booked."""
    if not row["control_n"]:
        return t("{name}: {n} written to, nobody held out", name=row["journey"], n=formats.count(row["treated_n"]))
    return t("{name}: {written} written to and {held} held out booked", name=row["journey"], written=formats.n_of(int(row["treated_booked"]), int(row["treated_n"])),
             held=formats.n_of(int(row["control_booked"]), int(row["control_n"])))


# --- what one caused --------------------------------------------------------------------------------------------------------------
def effect_title(row: Mapping) -> str:
    """Return what a journey caused, as far as it can be told."""
    verdict = row["verdict"]
    if not row["treated_n"] and not row["control_n"] and not row["waiting_for"]:
        return t("What it causes cannot be told yet")
    if verdict in ("shown", "harm"):
        value, low, high = (round(row[f"incremental{end}"]) for end in ("", "_low", "_high"))
        if verdict == "harm":
            return t("About {n} bookings fewer than without it, between {low} and {high}", n=formats.count(-value), low=formats.count(-high),
                     high=formats.count(-low))
        return t("About {n} extra bookings, between {low} and {high}", n=formats.count(value), low=formats.count(low), high=formats.count(high))
    return {"not_shown": t("No effect on bookings is shown"), "few": t("Too few people to tell what it causes"), "early": t("Too early to tell what it causes")
            }.get(verdict) or t("Nobody is held out: what it causes is not known")


def effect_lines(row: Mapping) -> list[str]:
    """Return both arms with their numbers, what they could show, and how many are still too young to count."""
    said = []
    if row["treated_n"]:
        said.append(t("Of those written to {share} booked within 30 days ({n}).", share=formats.percent(row["treated_booked"] / row["treated_n"]),
                      n=formats.n_of(int(row["treated_booked"]), int(row["treated_n"]))))
    if row["control_n"]:
        said.append(t("Of those held out {share} booked as well ({n}).", share=formats.percent(row["control_booked"] / row["control_n"]),
                      n=formats.n_of(int(row["control_booked"]), int(row["control_n"]))))
    elif row["treated_n"]:
        said.append(t("How many of them would have come anyway nobody can tell: hold a part out by lot."))
    if row["verdict"] == "few" and row["control_n"]:
        said.append(t("From {n} people in each on, and a few bookings, a difference can be told.", n=formats.count(LEAST)))
    if row["verdict"] == "not_shown":
        said.append(t("With so many people a lift of {lift} or more could be seen.", lift=formats.points(row["detectable"])))
    if row["waiting_for"]:
        young = int(row["waiting_for"])
        said.append(tn("{n} person more began less than 30 days ago and counts later.", "{n} people more began less than 30 days ago and count later.", young,
                       n=formats.count(young)))
    return said or [t("Nobody began it in this period.")]


# --- its steps --------------------------------------------------------------------------------------------------------------------
def funnel_title(found: pd.DataFrame) -> str:
    """Return how many of the messages that came up were to be sent."""
    came, sent = int(found["steps"].sum()), int(found[["waiting", "exported"]].sum().sum())
    if not came:
        return t("Nothing fell due in this period")
    return t("Of {n} messages that came up {sent} were to be sent: {share}", n=formats.count(came), sent=formats.count(sent), share=formats.percent(sent / came, 0))


def removed(row) -> str:
    """Return what did not go out at a step, and why."""
    parts = [tn("{n} left", "{n} left", int(row.left), n=formats.count(row.left)) if row.left else "",
             t("{n} held out", n=formats.count(row.held)) if row.held else ""]
    return " · ".join(filter(None, parts))


def booked(row) -> str:
    """Return how many of those who got a step booked: no effect, many would have anyway."""
    return t("{n} booked within 30 days", n=formats.n_of(int(row.booked), int(row.written_ripe))) if row.written_ripe else t("none is 30 days old yet")


def left_title(found: pd.DataFrame) -> str:
    """Return the most frequent reason for which guests left."""
    if found.empty:
        return t("Nobody left before a message")
    first = found.iloc[0]
    return t("Most left for: {why} ({n})", why=_within(reason(first["why"])), n=formats.n_of(int(first["left"]), int(found["left"].sum())))


# --- trying it --------------------------------------------------------------------------------------------------------------------
def tried_title(found: Mapping, days: int) -> str:
    """Return what a journey would have written in days that are past."""
    people, twice = found["people"], found["twice"]
    if not people:
        return t("Would have written to nobody in the last {days}", days=formats.days(days))
    said = tn("Would have written to {n} person in the last {days}", "Would have written to {n} people in the last {days}", people, n=formats.count(people),
              days=formats.days(days))
    return t("{said}, {twice} of them twice or more", said=said, twice=formats.count(twice)) if twice else said


def tried_lines(found: Mapping) -> list[str]:
    """Return what else the trial found: messages, people held out, and who was left, by reason."""
    said = [tn("{n} message.", "{n} messages.", found["messages"], n=formats.count(found["messages"]))]
    if found["held_out"]:
        said.append(tn("{n} person held out by lot.", "{n} people held out by lot.", found["held_out"], n=formats.count(found["held_out"])))
    return [" ".join(said), *([t("Not due: {reasons}.", reasons=reasons(found["left"]))] if found["left"] else [])]


def reasons(left: Mapping[str, int]) -> str:
    """Return why messages were not due, the most frequent reason first."""
    return " · ".join(f"{_within(reason(why))} {formats.count(n)}" for why, n in sorted(left.items(), key=lambda one: (-one[1], one[0])))


def tried_steps(rows: Sequence[Mapping], steps: int) -> list[tuple[int, int, int]]:
    """Return for each step how many messages were due, how many people were held out, and how many messages were left."""
    counts = [(row["step"], "held" if row["state"] == DUE and row["arm"] == HELD_OUT else row["state"]) for row in rows
              if row["state"] == DUE or row["arm"] == WRITTEN]
    return [tuple(counts.count((number, what)) for what in (DUE, "held", LEFT)) for number in range(1, steps + 1)]


# --- what is due ------------------------------------------------------------------------------------------------------------------
def due_title(span: str, rows: Sequence[Mapping]) -> str:
    """Return how many messages are due in a span of days: today, the week before or the week to come."""
    n = sum(row["state"] in (DUE, EXPORTED) and row["arm"] == WRITTEN for row in rows)
    said = {"today": tn("{n} message fell due today", "{n} messages fell due today", n, n=formats.count(n)),
            "week": tn("{n} message fell due in the last 7 days", "{n} messages fell due in the last 7 days", n, n=formats.count(n)),
            "ahead": tn("About {n} message will fall due in the next 7 days", "About {n} messages will fall due in the next 7 days", n, n=formats.count(n))}
    return said[span] if n else {"today": t("No message fell due today"), "week": t("No message fell due in the last 7 days"),
                                 "ahead": t("No message is expected in the next 7 days")}[span]


def due_state(row: Mapping) -> str:
    """Return what became of a step that fell due, or will."""
    if row["state"] == LEFT:
        return t("left out: {why}", why=_within(reason(row["why"])))
    if row["arm"] == HELD_OUT:
        return t("held out by lot")
    return t("in a file") if row["state"] == EXPORTED else t("to be sent")


def export_said(rows: int, left: Mapping[str, int]) -> list[str]:
    """Return how many are in a file, and who fell out since they were due."""
    said = [tn("{n} message is in the file.", "{n} messages are in the file.", rows, n=formats.count(rows)) if rows else t("Nobody is left to be written to.")]
    if left:
        said.append(t("Left out at the last look: {reasons}.", reasons=reasons(left)))
    return said


def facts(row: Mapping, number: int, from_on: dt.date | None, places: Sequence[str]) -> str:
    """Return the line under a journey's name."""
    said = [t("version {number} in force since {day}", number=number, day=formats.date(from_on))] if from_on else []
    return " · ".join([*said, formats.listed(list(places)) if len(places) < 3 else t("{n} properties", n=formats.count(len(places)))])
