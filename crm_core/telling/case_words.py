"""What the pages of cases say in words: codes, titles, what was done, and how a case stands against its due times."""
import json
from collections.abc import Mapping

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.telling.lead_words import lasted

KINDS = {"noise": N_("Noise"), "cleanliness": N_("Cleanliness"), "air": N_("Air, heating"), "billing": N_("Bill"), "wifi": N_("Wi-Fi"), "staff": N_("Staff"),
         "food": N_("Food"), "request": N_("Request"), "other": N_("Other")}
HAPPENED = {"noise": N_("Complaint about noise"), "cleanliness": N_("Complaint about cleanliness"), "air": N_("Complaint about air or heating"),
            "billing": N_("Complaint about the bill"), "wifi": N_("Complaint about Wi-Fi"), "staff": N_("Complaint about staff"),
            "food": N_("Complaint about food"), "request": N_("Request")}  # fmt: skip
STATUSES = {"open": N_("Open"), "answered": N_("Answered"), "waiting": N_("Waiting for the guest"), "closed": N_("Closed")}
PRIORITIES = {"urgent": N_("Urgent"), "high": N_("Important"), "normal": N_("Normal"), "low": N_("Can wait")}
PRIORITY_TONES = {"urgent": "red", "high": "orange", "normal": "gray", "low": "gray"}
SEVERITIES = {"minor": N_("Minor"), "major": N_("Serious")}
DEPARTMENTS = {"front_desk": N_("Front desk"), "housekeeping": N_("Housekeeping"), "maintenance": N_("Maintenance"), "restaurant": N_("Restaurant"),
               "spa": N_("Spa"), "accounts": N_("Accounts"), "it": N_("IT"), "management": N_("Management"), "": N_("No department")}  # fmt: skip
ORIGINS = {"review": N_("from a review"), "interaction": N_("from a message"), "desk": N_("at the desk"), "alert": N_("from an alert"),
           "import": N_("from a file")}
CAUSES = {"staff_mistake": N_("Mistake of staff"), "too_few_staff": N_("Too few staff"), "training": N_("Training"), "broken": N_("Something broken"),
          "worn_out": N_("Worn out"), "building": N_("The building"), "supplier": N_("Supplier"), "system": N_("System"),
          "wrong_information": N_("Wrong information"), "booking": N_("Booking"), "other_guests": N_("Other guests"), "weather": N_("Weather"),
          "expectation": N_("Expectation"), "other": N_("Other"), "": N_("Not known")}  # fmt: skip
DONE = {"opened": N_("Opened"), "taken": N_("Taken by {value}"), "answered": N_("The guest was answered"), "waiting": N_("Waiting for the guest"),
        "closed": N_("Closed"), "reopened": N_("Opened again"), "told": N_("The guest was told"), "changed": N_("Changed"), "noted": N_("Note")}
ICONS = {"opened": "flag", "taken": "person", "answered": "reply", "waiting": "hourglass_top", "closed": "check_circle", "reopened": "replay",
         "told": "record_voice_over", "changed": "edit", "noted": "sticky_note_2"}
FIELDS = {"kind": N_("Kind"), "severity": N_("Severity"), "aspect": N_("Aspect"), "department": N_("Department"), "priority": N_("Priority"),
          "owner": N_("Owner"), "room": N_("Room"), "root_cause": N_("Cause")}
CODED = {"kind": KINDS, "severity": SEVERITIES, "department": DEPARTMENTS, "priority": PRIORITIES, "root_cause": CAUSES, "opened_from": ORIGINS}
# The kind of case that blame of an aspect most likely is.
OF_ASPECT = {"noise": "noise", "cleanliness": "cleanliness", "wifi": "wifi", "staff": "staff", "food": "food", "checkin": "staff"}


def coded(field: str, value: str) -> str:
    """Return a value of a field in words; what has no code (an owner, a room) as it is, nothing as a dash."""
    known = CODED.get(field, {})
    return t(known[value]) if value in known else value or formats.DASH


def title(row: Mapping) -> str:
    """Return what happened, in words: "Complaint about noise, room 318"."""
    said = t(HAPPENED.get(row["kind"], N_("Complaint")))
    return t("{what}, room {room}", what=said, room=row["room"]) if row["room"] else said


def queue_title(counts: Mapping[str, int]) -> str:
    """Return how many cases are not closed, and what is wrong with them: overdue first, then without an owner."""
    unsolved = sum(counts[status] for status in STATUSES if status != "closed")
    if not unsolved:
        return t("No case is open")
    said = tn("{n} case is not closed", "{n} cases are not closed", unsolved, n=formats.count(unsolved))
    if counts["overdue"]:
        return t("{cases}, {late} of them overdue", cases=said, late=formats.count(counts["overdue"]))
    return t("{cases}, {n} without an owner", cases=said, n=formats.count(counts["unowned"])) if counts["unowned"] else t("{cases}, none is overdue", cases=said)


def uncased_title(n: int) -> str:
    """Return how many critical reviews nobody works on."""
    return tn("{n} critical review has no case", "{n} critical reviews have no case", n, n=formats.count(n))


def state(row: Mapping) -> tuple[str, str]:
    """Return how a case stands against its due times and the colour of that: what is late says by how much, on the wall clock."""
    if row["overdue_minutes"]:
        late = waited(row["overdue_minutes"])
        return (t("closed {time} late", time=late), "orange") if row["status"] == "closed" else (t("overdue {time}", time=late), "red")
    if row["status"] == "closed":
        return t("in time") if row["due_at"] else t("closed"), "green" if row["due_at"] else "gray"
    if row["answer_overdue_minutes"] and not row["answered_at"]:
        return t("unanswered, {time} late", time=waited(row["answer_overdue_minutes"])), "orange"
    return (t("in time"), "gray") if row["due_at"] else (t("no due time"), "gray")


def clock(target: int | None, used: int, is_done: bool) -> tuple[str, str, str]:
    """Return a clock's value, its line and the colour: `target` and `used` are business minutes until due (None: no due time) and until done or now."""
    if target is None:
        return (lasted(used) if is_done else formats.DASH), t("no due time"), "gray"
    within = t("of {time} by desk hours", time=lasted(target))
    if is_done:
        return lasted(used), within, "green" if used <= target else "orange"
    if used > target:
        return t("{time} over", time=lasted(used - target)), within, "red"
    return t("{time} left", time=lasted(target - used)), within, "gray"


def done(step: Mapping) -> tuple[str, str]:
    """Return what a step was, and what is said of it: which rule decided, what was changed, or the words that were written down."""
    head = t(N_("Given back") if step["kind"] == "taken" and not step["value"] else DONE.get(step["kind"], step["kind"]), value=step["value"])
    if step["kind"] == "changed":
        return head, " · ".join(f"{t(FIELDS[name])}: {coded(name, value)}" for name, value in _read(step["value"]).items() if name in FIELDS)
    if step["kind"] == "opened":
        return head, reasons(_read(step["value"])) or step["text"]
    return head, " · ".join(filter(None, (t(CAUSES[step["value"]]) if step["kind"] == "closed" and step["value"] in CAUSES and step["value"] else "",
                                          step["text"])))


def reasons(found: Mapping[str, str]) -> str:
    """Return which rule set what, one after the other: "Department: Noise goes to the front desk"."""
    return " · ".join(f"{t(FIELDS[name])}: {rule}" for name, rule in found.items() if name in FIELDS)


def routed(found: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Return what the rules would set: (field, value, why), in words; a field that no rule sets is left out."""
    return [(t(FIELDS[name]), coded(name, one["value"]), t("by the rule “{rule}”", rule=one["rule"])) for name, one in found.items() if name in FIELDS]


def kind_of(card: Mapping) -> str:
    """Return the kind of case that a review most likely is: that of the aspect it blames most often, else other."""
    blamed = [OF_ASPECT[m["aspect"]] for m in card["mentions"] if m["label"] == "negative" and m["aspect"] in OF_ASPECT]
    return max(blamed, key=blamed.count) if blamed else "other"


def complaint(card: Mapping, longest: int = 600) -> str:
    """Return what a review complains of, in the guest's words: what it disliked, else the clauses that blame, else how it begins."""
    blamed = [card[m["box"]][m["start"]:m["stop"]].strip() for m in card["mentions"] if m["label"] == "negative" and card[m["box"]]]
    said = card["disliked"] or " … ".join(dict.fromkeys(blamed)) or " ".join(filter(None, (card["title"], card["text"], card["liked"])))
    return said[:longest] or t("A review without words")


def waited(minutes: int) -> str:
    """Return for how long something has waited; from ten days on in whole days."""
    return lasted(minutes) if minutes < 10 * 24 * 60 else formats.days(minutes // (24 * 60))


def _read(value: str) -> dict[str, str]:
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return {str(key): str(one) for key, one in found.items()} if isinstance(found, dict) else {}
