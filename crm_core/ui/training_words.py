"""What the page of training says in words: what is due, which house lacks most, whom a course is for, and how a class did."""
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from crm_core import formats
from crm_core.association.courses import Course
from crm_core.association.reading import EVERYBODY
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t, tn
from crm_core.records.staff import STATES, Reminder
from crm_core.telling import case_words
from crm_core.ui.text import plain

DUE = {"expired": N_("Expired"), "missing": N_("Never earned"), "expiring": N_("Ends within 30 days"), "soon": N_("Ends within 90 days")}
TONES = {"expired": "red", "missing": "red", "expiring": "orange", "soon": "gray"}
WHOM = {EVERYBODY: N_("Everybody")} | {code: name for code, name in case_words.DEPARTMENTS.items() if code}


def course_name(of: Course) -> str:
    """Return a course's name in the language of the page, for a table's cell."""
    return plain(said(of.name, language()))


def whom(of: Course) -> str:
    """Return who must have a course: "Everybody", "Front desk, Spa", or that it is free to take."""
    return ", ".join(map(department, of.required_for)) or t("Nobody must")


def department(code: str) -> str:
    """Return who has a department's code, "*" being everybody; one that this house does not have as it is written."""
    return t(WHOM[code]) if code in WHOM else plain(code)


def lasts(months: int | None) -> str:
    """Return for how long a course's certificate holds."""
    return t("for good") if months is None else tn("{n} month", "{n} months", months, n=formats.count(months))


def points(n: int) -> str:
    """Return a number of points with its word."""
    return tn("{n} point", "{n} points", n, n=formats.count(n))


def due_title(due: Sequence[Reminder]) -> str:
    """Return how many certificates are due, the worst first."""
    n = Counter(one.state for one in due)
    ends = n["expiring"] + n["soon"]
    said = [tn("{n} certificate has expired", "{n} certificates have expired", n["expired"], n=formats.count(n["expired"]))] if n["expired"] else []
    said += [tn("{n} was never earned", "{n} were never earned", n["missing"], n=formats.count(n["missing"]))] if n["missing"] else []
    said += [tn("{n} ends within 90 days", "{n} end within 90 days", ends, n=formats.count(ends))] if ends else []
    return ", ".join(said) or t("No certificate is due in the next 90 days")


def due_in_short(due: Iterable[Reminder]) -> str:
    """Return what one person lacks or will lack, the worst first: "1 expired, 2 never earned"; a dash where nothing is due."""
    n = Counter(one.state for one in due)
    short = {"expired": N_("{n} expired"), "missing": N_("{n} never earned"), "expiring": N_("{n} within 30 days"), "soon": N_("{n} within 90 days")}
    return ", ".join(t(short[state], n=formats.count(n[state])) for state in STATES if n[state]) or formats.DASH


def compliance_title(found: pd.DataFrame, names: Mapping[int, str]) -> str:
    """Return which house holds least of what it must; `found` are the rows of kpi_values of certificates_valid by property, of now."""
    known = found[found["value"].notna()]
    if known.empty:
        return t("Nobody must have a certificate")
    least = known.sort_values(["value", "group"]).iloc[0]
    share = formats.percent(least["value"])
    if least["value"] == 1:
        return t("Every certificate that must be there is valid")
    if len(known) == 1:
        return t("{share} of the certificates that must be there are valid", share=share)
    return t("{place} holds least of what it must: {share}", place=names.get(int(least["group"]), t("Not known")), share=share)


def people_title(people: Sequence[Mapping], gone: bool) -> str:
    """Return how many people there are, or have left."""
    n = len(people)
    if gone:
        return tn("{n} person has left", "{n} people have left", n, n=formats.count(n)) if n else t("Nobody has left")
    return tn("{n} person works here", "{n} people work here", n, n=formats.count(n)) if n else t("Nobody is written down here")


def person_title(name: str, due: Sequence[Reminder]) -> str:
    """Return what a person's certificates come to: the page's finding about one person."""
    wrong = sum(one.state in ("expired", "missing") for one in due)
    if wrong:
        return tn("{name} lacks {n} certificate", "{name} lacks {n} certificates", wrong, name=name, n=formats.count(wrong))
    return t("{name}: a certificate ends soon", name=name) if due else t("{name} holds what the work asks for", name=name)


def scored(rows: Sequence[tuple], quizzes: Mapping[str, int]) -> dict[str, dict[int, tuple[int, int]]]:
    """Return lesson → participant's number → (right answers, questions) of a class.

    `rows` are those of classroom.sheet.sheet(), `quizzes` how many questions each lesson has. Who answered nothing of a lesson did not take it;
    a lesson without questions was taken by all who joined.
    """
    joined = dict.fromkeys(row[0] for row in rows)
    found: dict[str, dict[int, tuple[int, int]]] = {lesson: {} if n else dict.fromkeys(joined, (0, 0)) for lesson, n in quizzes.items()}
    for lesson, n in quizzes.items():
        for number in joined if n else ():
            mine = [row for row in rows if row[0] == number and row[2] == lesson]
            if any(row[6] for row in mine):
                found[lesson][number] = (sum(row[5] for row in mine), n)
    return found


def matched(participant: str, people: Sequence[Mapping]) -> int | None:
    """Return the number of the only person of a participant's name, however it is spaced or capitalised; None where nobody or several fit."""
    typed = " ".join(participant.casefold().split())
    names = [(row["id"], " ".join(row["name"].casefold().split())) for row in people if row["name"]]
    whole = [number for number, name in names if name == typed]
    first = [number for number, name in names if name.partition(" ")[0] == typed]
    return next((found[0] for found in (whole, first) if len(found) == 1), None)
