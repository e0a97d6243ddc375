"""What a campaign did, in words: its verdict as a title, its badges, its groups, rules and steps, all from the figures and nothing else."""
import math
from collections.abc import Mapping

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.queries.campaigns import UNTOLD
from crm_core.stats import intervals
from crm_core.telling.words import SEGMENTS
from crm_core.ui.attribution_words import SHORT

MEDIUMS = {"email": N_("e-mail"), "sms": N_("SMS"), "post": N_("post"), "phone": N_("phone")}
PURPOSES = {"marketing": N_("Marketing"), "survey": N_("Survey"), "transactional": N_("About a stay")}
KPIS = {"booked": N_("guests who book"), "margin": N_("margin per person")}
VERDICTS = {"shown": ("green", N_("lift shown")), "harm": ("red", N_("fewer booked")), "not_shown": ("gray", N_("no lift shown")),
            "few": ("gray", N_("too few people")), "broken": ("orange", N_("split broken")), "early": ("gray", N_("too early")),
            "no_control": ("gray", N_("effect not known"))}
TRAITS = {"trip": N_("Reason of the stay"), "is_member": N_("Membership"), "stays_before": N_("Stays before"), "is_lapsed": N_("Absence"),
          "way": N_("Way of booking"), "country": N_("Country"), "property": N_("Property")}
GROUPS = {"is_member": {"1": N_("Members"), "0": N_("Not members")},
          "stays_before": {"0": N_("No stay before"), "1": N_("One stay"), "2-3": N_("2–3 stays"), "4+": N_("4 stays and more")},
          "is_lapsed": {"1": N_("Two years away"), "0": N_("Here lately")},
          "way": {"direct": N_("Booked direct"), "ota": N_("Online agency"), "other": N_("Booked otherwise")}, "trip": SEGMENTS}
UNKNOWN = {"trip": N_("Reason unknown"), "way": N_("Way unknown"), "country": N_("Country unknown")}
# Short names: on a phone little is left for the bars.
STEPS = {"sent": N_("Sent"), "delivered": N_("Arrived"), "opened_human": N_("Person opened"), "machine_opened": N_("Machine opened"),
         "clicked": N_("Clicked"), "booked": N_("Booked")}
WAY = {"selected": N_("Selected"), "has_address": N_("Has an address"), "valid_address": N_("Address works"), "consent": N_("Consented"),
       "not_suppressed": N_("Not blocked"), "not_held_out": N_("Not held out")}
HARMS = {"unsubscribed": N_("Unsubscribed"), "complained": N_("Complained"), "bounced": N_("Came back")}
OUTCOMES = {"booked": N_("Written to and booked"), "not_booked": N_("Written to, did not book"), "held_out_booked": N_("Held out and booked"),
            "held_out": N_("Held out"), "contaminated": N_("Held out, yet written to"), "clicked": N_("Clicked"), "unsubscribed": N_("Unsubscribed"),
            "complained": N_("Complained"), "bounced": N_("Message came back"), "sent": N_("Written to")}
COMPARED = {"more": N_("more than with others"), "less": N_("less than with others"), "not_shown": N_("no difference shown"), "few": N_("too few messages to tell")}
SURE = 0.05


# --- the verdict ------------------------------------------------------------------------------------------------------------------
def title(row: Mapping, currency: str) -> str:
    """Return the verdict on a campaign with its name: "Winter light: about 86 extra bookings, between 32 and 141"."""
    return t("{name}: {verdict}", name=row["campaign"], verdict=verdict(row, currency))


def whole(said: str) -> str:
    """Return the half of a sentence as a whole one."""
    return f"{said[:1].upper()}{said[1:]}."


def verdict(row: Mapping, currency: str) -> str:
    """Return what a campaign's figures say of its effect, as the second half of a sentence."""
    state = row["verdict"]
    if state in ("shown", "harm"):
        return _margin_verdict(row, currency) if row["primary_kpi"] == "margin" else _booked_verdict(row)
    if state == "early":
        return t("not sent yet") if pd.isna(row["started_on"]) else t("too early to tell until {day}", day=formats.date(row["ripe_on"]))
    return {"few": t("too few people to tell"), "broken": t("the split is broken, so no effect is told"),
            "no_control": t("effect not known, nobody was held out")}.get(state) or t("no effect seen")


def _booked_verdict(row: Mapping) -> str:
    value, low, high = (round(row[f"incremental{end}"]) for end in ("", "_low", "_high"))
    if row["verdict"] == "harm":
        return t("about {n} bookings fewer than without it, between {low} and {high}", n=formats.count(-value), low=formats.count(-high), high=formats.count(-low))
    return t("about {n} extra bookings, between {low} and {high}", n=formats.count(value), low=formats.count(low), high=formats.count(high))


def _margin_verdict(row: Mapping, currency: str) -> str:
    value, low, high = (row[f"margin{end}"] for end in ("", "_low", "_high"))
    if row["verdict"] == "harm":
        return t("about {amount} less margin than without it, between {low} and {high}", amount=formats.compact_money(-value, currency),
                 low=formats.compact_money(-high, currency), high=formats.compact_money(-low, currency))
    return t("about {amount} extra margin, between {low} and {high}", amount=formats.compact_money(value, currency), low=formats.compact_money(low, currency),
             high=formats.compact_money(high, currency))


def outcome(row: Mapping, currency: str) -> str:
    """Return the verdict as a cell of a list says it: "earned €3,100 to €9,800", "too early: until 12 Dec 2024"."""
    state = row["verdict"]
    if state == "shown":
        if row["margin_low"] > 0:
            return t("earned {low} to {high}", low=formats.compact_money(row["margin_low"], currency), high=formats.compact_money(row["margin_high"], currency))
        return t("{low} to {high} more bookings", low=formats.count(row["incremental_low"]), high=formats.count(row["incremental_high"]))
    if state == "not_shown":
        return t("no effect seen; could have seen {least} or more", least=least(row)) if is_known(row["detectable"]) else t("no effect seen")
    if state == "early":
        return t("not sent yet") if pd.isna(row["started_on"]) else t("too early: until {day}", day=formats.date(row["ripe_on"]))
    harm = t("less margin than without it") if row["primary_kpi"] == "margin" else t("fewer booked than without it")
    return {"few": t("not enough people"), "broken": t("split broken"), "harm": harm,
            "no_control": t("effect not known: nobody was held out")}[state]


def least(row: Mapping) -> str:
    """Return the smallest lift that a campaign's arms could show: as a part of what those held out did, else in points."""
    base = row["control_booked"] / row["control_n"] if row["control_n"] else 0
    return formats.relative(row["detectable"] / base, 0) if base else formats.points(row["detectable"], 1)


def is_known(value: object) -> bool:
    """Say whether a number is there and finite."""
    return not pd.isna(value) and math.isfinite(value)


def badges(row: Mapping, fixed: bool) -> list[tuple[str, str]]:
    """Return the badges of a campaign as (tone, text): its verdict, its way, and whether its plan stood before the first message."""
    tone, said = VERDICTS[row["verdict"]] if pd.notna(row["started_on"]) else ("gray", N_("not sent yet"))
    before = N_("fixed before the start") if fixed else N_("not fixed before the start")
    if pd.isna(row["started_on"]):
        before = N_("plan fixed") if fixed else N_("plan not fixed yet")
    return [(tone, t(said)), ("gray", t(MEDIUMS.get(row["medium"], row["medium"]))), ("green" if fixed else "gray", t(before))]


def people(row: Mapping) -> int:
    """Return how many people a campaign is about; of one that is known by its platform's counts only, its messages."""
    return int(row["people"] or (row["sent"] if is_known(row["sent"]) else 0))


def facts(row: Mapping, readings: list[dict]) -> str:
    """Return the line under the title: when, how many people, how many of them held out, and how often the result was looked at."""
    parts = [formats.date(row["started_on"])] if pd.notna(row["started_on"]) else [t("planned for {day}", day=formats.date(row["planned_on"]))] * pd.notna(
        row["planned_on"])
    if row["control_n"]:
        parts.append(t("{n} people, {held} of them held out", n=formats.count(people(row)), held=formats.count(row["control_n"])))
    elif row["is_reported"]:
        parts.append(t("{n} messages", n=formats.count(people(row))))
    elif people(row):
        parts.append(t("{n} people, nobody held out", n=formats.count(people(row))))
    return " · ".join([*parts, *filter(None, [read_said(readings)])])


def read_said(readings: list[dict]) -> str:
    """Return how often a result was read, and whether as planned."""
    planned = [one for one in readings if one["kind"] == "planned"]
    peeks = len(readings) - len(planned)
    looked = tn("looked at {n} time before its day", "looked at {n} times before its day", peeks) if peeks else ""
    if not planned:
        return looked
    read = t("result read on {day}, as planned", day=formats.date(planned[0]["as_of"]))
    return f"{read} · {looked}" if peeks else read


def sentence(row: Mapping, currency: str) -> list[str]:
    """Return what happened in both arms and what it earned, in at most three sentences."""
    if not row["treated_n"]:
        return [t("Whether these guests would have come anyway nobody can tell: hold a part out next time.")] if row["verdict"] == "no_control" else []
    if row["verdict"] == "early":
        return [t("Bookings count until {day}. Before that day the difference is not told, because it would move.", day=formats.date(row["ripe_on"]))]
    if row["verdict"] == "broken":
        return [t("{held} were held out, {share} were to be: chance alone hardly does that. Find out who left after the draw, or joined.",
                  held=formats.n_of(int(row["control_n"]), int(row["treated_n"] + row["control_n"])), share=formats.percent(row["holdout_bp"] / 10_000, 0))]
    days = formats.days(row["window_days"])
    said = [t("{share} of those written to booked within {days} ({n}).", share=formats.percent(row["treated_booked"] / row["treated_n"]), days=days,
              n=formats.n_of(int(row["treated_booked"]), int(row["treated_n"])))]
    if row["control_n"]:
        said.append(t("{share} of those held out booked as well ({n}).", share=formats.percent(row["control_booked"] / row["control_n"]),
                      n=formats.n_of(int(row["control_booked"]), int(row["control_n"]))))
    return [*said, *filter(None, [_earned(row, currency)])]


def _earned(row: Mapping, currency: str) -> str:
    if pd.isna(row["margin"]) or row["verdict"] == "few":
        return ""
    if pd.isna(row["cost"]):
        return t("The margin beyond that is {amount} ({low} to {high}); what it cost is not known.", **_amounts(row, currency, 0))
    return t("After its cost of {cost}, {amount} of margin is left ({low} to {high}).", cost=formats.compact_money(row["cost"], currency),
             **_amounts(row, currency, row["cost"]))


def _amounts(row: Mapping, currency: str, less: float) -> dict[str, str]:
    return {name: formats.compact_money(row[f"margin{end}"] - less, currency) for name, end in (("amount", ""), ("low", "_low"), ("high", "_high"))}


def axis(points: float) -> str:
    """Return a round number of points on an axis, as short as it can be."""
    return "0" if not points else formats.signed(points, 0 if points == int(points) else 1)


# --- its parts --------------------------------------------------------------------------------------------------------------------
def lifted(lift: float, low: float, high: float, digits: int = 1) -> str:
    """Return a lift with its interval in points: "+1.2 (0.4 to 1.9)", or "too few"."""
    if pd.isna(lift):
        return t("too few")
    return f"{formats.signed(100 * lift, digits)} ({formats.points_interval(low, high, digits)})"


def rule(code: str) -> str:
    """Return the short name of a rule of attribution."""
    return t(SHORT[code]) if code in SHORT else code


def group(trait: str, value: str, places: Mapping) -> str:
    """Return a group of guests in words; `places` are the names of properties by id."""
    if trait == "property":
        return str(next((name for number, name in places.items() if str(number) == value), value))
    if value in GROUPS.get(trait, {}):
        return t(GROUPS[trait][value])
    if trait == "country" and value == "other":
        return t("Other countries")
    if not value:
        return t(UNKNOWN.get(trait, N_("Unknown")))
    return formats.territory(value) if trait == "country" else value


def groups_title(card: Mapping, found: pd.DataFrame) -> str:
    """Return whether a campaign worked, and whether for some group in another way than for the others."""
    if card["verdict"] in UNTOLD:
        return t("For whom it worked")
    if card["verdict"] == "few":
        return t("Too few people to tell for whom it worked")
    apart = differing(found)
    begin = {"shown": N_("The lift is clear overall"), "harm": N_("Fewer booked overall")}.get(card["verdict"], N_("No lift is shown overall"))
    if apart:
        return t("{overall}; it differs by: {traits}", overall=t(begin), traits=formats.listed([t(TRAITS[trait]) for trait in apart]))
    return t("{overall}; no single group stands out", overall=t(begin))


def differing(found: pd.DataFrame) -> list[str]:
    """Return the traits whose groups do not share one lift, after as many looks as there are traits."""
    told = found[found["p_same"].notna()].drop_duplicates("trait") if len(found) else found
    return [row.trait for row in told.itertuples() if row.p_same * len(told) < SURE]


def looks(found: pd.DataFrame) -> str:
    """Return how many groups would look like an effect by chance, and how many are left once that is taken into account (Benjamini-Hochberg)."""
    told = found[found["p"].notna()]
    if told.empty:
        return t("No group has 30 people in both arms: too few to look into.")
    n = len(told)
    counts = {"n": n, "seen": int((told["p"] < SURE).sum()), "kept": int((told["q"] < SURE).sum())}
    return t("{n} groups were looked at: without any effect at least one of them looks like one in {chance} of cases. Here {seen} do, {kept} after "
             "correction (Benjamini–Hochberg).", chance=formats.percent(1 - (1 - SURE) ** n, 0), **{name: formats.count(x) for name, x in counts.items()})


def credits_title(found: pd.DataFrame) -> str:
    """Return what rules credit, the least and the most, beside what was caused."""
    caused, rules = found[found["rule"] == "holdout_lift"], found[(found["rule"] != "holdout_lift") & found["bookings"].notna()]
    if rules.empty or not rules["bookings"].sum():
        return t("What rules credit")
    low, high = (round(end) for end in (rules["bookings"].min(), rules["bookings"].max()))
    said = formats.count(low) if low == high else t("{low} to {high}", low=formats.count(low), high=formats.count(high))
    known = caused[caused["bookings"].notna()]
    if known.empty:
        return tn("Rules credit {n} booking; what was caused is not known", "Rules credit {n} bookings; what was caused is not known", high, n=said)
    if known["low"].iloc[0] <= 0:
        return tn("Rules credit {n} booking; no extra ones are shown", "Rules credit {n} bookings; no extra ones are shown", high, n=said)
    return tn("Rules credit {n} booking; about {caused} were caused", "Rules credit {n} bookings; about {caused} were caused", high, n=said,
              caused=formats.count(round(known["bookings"].iloc[0])))


def came_anyway(row) -> str:
    """Return how many of the bookings that a rule credits would have come anyway."""
    return "" if pd.isna(row.came_anyway) else t("{n} anyway", n=formats.count(round(row.came_anyway)))


def fall_title(steps: list, left: list, reasons: Mapping) -> str:
    """Return which part of those selected was written to, and which reason cost the most."""
    if not steps:
        return t("How the list was made is not known")
    selected, written = steps[0][1], steps[-1][1]
    said = t("{share} of the {n} selected were written to", share=formats.percent(written / selected, 0) if selected else formats.DASH, n=formats.count(selected))
    lost = max(((n, why) for step, why, n in left if step != "not_held_out"), default=None)
    if not lost or lost[1] not in reasons:
        return said
    reason = t(reasons[lost[1]])
    return t("{said}; most left for: {reason}", said=said, reason=f"{reason[:1].lower()}{reason[1:]}")


def left_said(left: list, reasons: Mapping) -> str:
    """Return why people left a list, the most frequent reason first: "Never consented 321 · Messages came back 87"."""
    said = sorted(((n, why) for _, why, n in left if n), reverse=True)
    return " · ".join(f"{t(reasons[why]) if why in reasons else why} {formats.count(n)}" for n, why in said)


def funnel_title(steps: Mapping[str, float]) -> str:
    """Return how many of the messages that arrived were clicked."""
    arrived, clicked = steps.get("delivered"), steps.get("clicked")
    if not arrived or pd.isna(arrived) or pd.isna(clicked):
        return t("From sent to booked")
    return t("{clicked} of {arrived} that arrived were clicked: {share}", clicked=formats.count(clicked), arrived=formats.count(arrived),
             share=formats.percent(clicked / arrived))


def share_of(row, counts: Mapping[str, float]) -> str:
    """Return a step's share of the step before it, with the number it is of."""
    if not row.of or not counts.get(row.of):
        return ""
    return t("{share} of {n}", share=formats.percent(row.share), n=formats.count(counts[row.of]))


def funnel_said(counts: Mapping[str, float], reported: float) -> str:
    """Return whose openings can be told, how many clicks were a scanner's, and what the platform calls opened."""
    said = [t("Openings by people are told of {n} messages whose reader's mail programme does not open by itself.", n=formats.count(counts["openable"]))
            ] if is_known(counts.get("openable")) else []
    if is_known(counts.get("scanned")) and counts["scanned"]:
        scanned = int(counts["scanned"])
        said.append(tn("{n} click by a scanner is not counted.", "{n} clicks by scanners are not counted.", scanned, n=formats.count(scanned)))
    if is_known(reported):
        said.append(t("Its platform reports {n} openings.", n=formats.count(reported)))
    return " ".join(said)


def arm(arm: str, cell: str) -> str:
    """Return the name of an arm."""
    if arm == "held_out":
        return t("Held out")
    return t("Variant {name}", name=cell) if cell else t("Written to")


def arm_said(row, currency: str, told: bool) -> str:
    """Return what an arm did: who booked of how many, and the margin per person; before the window is over only its people are `told`."""
    if not told:
        return t("{n} people", n=formats.count(row.n))
    said = t("{n} booked: {rate} ({interval})", n=formats.n_of(int(row.booked), int(row.n)), rate=formats.percent(row.rate),
             interval=formats.share_interval(row.rate_low, row.rate_high))
    return said if pd.isna(row.margin) else f"{said} · {t('{amount} margin per person', amount=formats.money_exact(row.margin, currency))}"


def people_title(outcome: str, total: int) -> str:
    """Return how many people a list has, and which."""
    return f"{t(OUTCOMES[outcome])}: {formats.count(total)}"


def days_title(found: pd.DataFrame, told: bool) -> str:
    """Return how far apart both arms are at the last day of the window; before that nothing is `told`."""
    if not told or found.empty or found[["treated_share", "control_share"]].iloc[-1].isna().any():
        return t("Day by day")
    last = found.iloc[-1]
    return t("By day {day}, {written} in a hundred written to had booked, {held} in a hundred held out", day=int(last["day"]),
             written=formats.decimal(100 * last["treated_share"]), held=formats.decimal(100 * last["control_share"]))


def arms_title(found: pd.DataFrame) -> str:
    """Return whether one of two variants did better than the other; each beside those held out is no answer to that."""
    cells = found[(found["arm"] == "contact") & (found["cell"] != "")]
    if len(cells) != 2:
        return t("Each arm beside those held out")
    first, second = (cells.iloc[i] for i in range(2))
    low, high = (float(end) for end in intervals.newcombe(first["booked"], first["n"], second["booked"], second["n"]))
    names = {"first": first["cell"], "second": second["cell"]}
    if low > 0 or high < 0:
        better = first["cell"] if low > 0 else second["cell"]
        return t("Variant {better} did better: {first} less {second} is {difference}", better=better, **names,
                 difference=t("{lift} points", lift=lifted(first["rate"] - second["rate"], low, high)))
    return t("No difference between {first} and {second} is shown: {difference}", **names,
             difference=t("{lift} points", lift=lifted(first["rate"] - second["rate"], low, high)))


def harm_title(found: pd.DataFrame) -> str:
    """Return whether a campaign annoyed more than others of its kind."""
    more = {row.harm for row in found.itertuples() if row.verdict == "more"}
    if more:
        worst = next(harm for harm in ("complained", "unsubscribed", "bounced") if harm in more)
        return {"complained": t("More complained than with other campaigns"), "unsubscribed": t("More unsubscribed than with other campaigns"),
                "bounced": t("More came back than with other campaigns")}[worst]
    return t("Too few messages to tell whether it annoyed") if len(found) and (found["verdict"] == "few").all() else t("It did not annoy more than others")


def harm(row) -> str:
    """Return one harm with its counts, beside that of other campaigns."""
    others = t("others {rate} ({n})", rate=formats.percent(row.others_rate, 2), n=formats.n_of(int(row.others_k), int(row.others_n))) if row.others_n else t(
        "no others to compare")
    own = f"{formats.percent(row.rate, 2)} ({formats.share_interval(row.low, row.high, 2)}), {formats.n_of(int(row.k), int(row.n))}" if row.n else formats.DASH
    return f"{own} · {others} · {t(COMPARED[row.verdict])}"


# --- what is wrong with its figures ------------------------------------------------------------------------------------------------
def troubles(card: Mapping, found: Mapping[str, int]) -> list[str]:
    """Return what is wrong with a campaign's figures, each in a sentence with its count."""
    said = []
    if pd.isna(card["cost"]):
        said.append(t("Its amounts have no exchange rate: neither cost nor return is told.") if found.get("no_rate") else t(
            "What it cost is not known: no return on cost is told."))
    if found.get("unlinked"):
        said.append(tn("{n} message went to an address that no guest has: it is not among the figures.",
                       "{n} messages went to addresses that no guest has: they are not among the figures.", found["unlinked"]))
    if found.get("twice"):
        said.append(tn("{n} message more went to somebody who had one: the person counts once.",
                       "{n} messages more went to people who had one: a person counts once.", found["twice"]))
    if found.get("early"):
        said.append(tn("{n} event is dated before its message was sent: clocks differ.", "{n} events are dated before their message was sent: clocks differ.",
                       found["early"]))
    if card["contaminated"]:
        said.append(tn("{n} person held out was written to all the same and still counts as held out: the effect is rather larger than told.",
                       "{n} people held out were written to all the same and still count as held out: the effect is rather larger than told.",
                       int(card["contaminated"])))
    if card["is_reported"]:
        said.append(t("Only the platform's counts are known, no single messages."))
    return said
