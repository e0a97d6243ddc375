"""Sentences about lessons: the shelf, addresses of views, what an answer was worth, and what a file would bring."""
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from crm_core import formats, views
from crm_core.association.answers import numbers
from crm_core.association.lessons import Lesson, Question, is_right, key_of
from crm_core.association.packs import Change
from crm_core.association.texts import said
from crm_core.classroom.running import Class
from crm_core.classroom.words import key_words
from crm_core.i18n import N_, language, t, tn
from crm_core.views import View

CHANGES = {"new": N_("new"), "replaces": N_("replaces the one here"), "same": N_("is here already, the same")}


def name(lesson: Lesson) -> str:
    """Return a lesson's title in the language in use, in one line."""
    return " ".join(said(lesson.title, language()).split())


def minutes(n: int) -> str:
    """Return how long it takes, hours from an hour on: "25 minutes", "1 h 5 min"."""
    if n < 60:
        return tn("{n} minute", "{n} minutes", n, n=formats.count(n))
    return t("{hours} h {minutes} min", hours=formats.count(n // 60), minutes=n % 60)


def title(lessons: Sequence[Lesson], taught: Iterable[str], teaches: bool) -> str:
    """Return the heading of the shelf: how many lessons, and for who teaches how many of them were taught."""
    total = tn("{n} lesson", "{n} lessons", len(lessons), n=formats.count(len(lessons)))
    done = sum(one.code in set(taught) for one in lessons)
    if not teaches or not lessons:
        return total
    if not done:
        return t("{lessons}, none taught yet", lessons=total)
    return t("{lessons}, {n} of them taught", lessons=total, n=formats.count(done))


def taught(classes: Iterable[Class]) -> dict[str, dt.date]:
    """Return the day on which each lesson was taught last, by code."""
    found: dict[str, dt.date] = {}
    for one in classes:
        on = dt.date.fromisoformat(one.started_at[:10])
        found |= {lesson.code: max(on, found.get(lesson.code, on)) for lesson in one.lessons}
    return found


def needs_demo(row: Mapping) -> bool:
    """Say whether a lesson's figures are those of the demo: it comes with the program, or its answers are sealed there."""
    return bool(row["is_shipped"] or row["lesson"].truth)


# --- views and their addresses --------------------------------------------------------------------------------------------------
def naive(lesson: Lesson) -> View:
    """Return the view that a lesson begins with."""
    return View(lesson.page, lesson.params)


def honest(lesson: Lesson) -> View | None:
    """Return the view that tells the truth; None where the first one shows it already."""
    return View(lesson.honest_page, lesson.honest_params) if lesson.honest_page else None


def is_there(view: View) -> bool:
    """Say whether a view's page exists here."""
    return view.page in views.pages()


def link(view: View, store: str) -> str:
    """Return the address of a view below this server, in a store and the language in use."""
    return f"/{'' if view.page == 'briefing' else view.page}?{urlencode({**view.params, 'store': store, 'lang': language()}, safe=',')}"


def address(view: View) -> str:
    """Return a view as it is written into a field: "figure?kpi=adr&by=way"; view_of() reads it."""
    return view.page + (f"?{urlencode(view.params, safe=',')}" if view.params else "")


def view_of(written: str, names: views.Names | None = None) -> View | None:
    """Return the view of an address as a browser shows it, or as address() writes it; None of nothing."""
    if not written.strip():
        return None
    try:
        at = urlsplit(written.strip())
    except ValueError:  # such as brackets that hold no host
        return View(written.strip())
    page = at.path.rstrip("/").rpartition("/")[2] or "briefing"
    return View(page, views.codes(page, parse_qs(at.query), names))


# --- answers --------------------------------------------------------------------------------------------------------------------
def verdict(question: Question, answer: str, key: float | str | None) -> tuple[str, str]:
    """Return ("right" | "wrong" | "empty" | "unknown", the sentence that says so) of an answer; it never tells the key."""
    if key is None:
        return "unknown", t("Its right answer is sealed with the demo, and these data have none.")
    if not answer.strip():
        return "empty", t("No answer yet.")
    if question.kind == "number" and not numbers(answer):
        return "empty", t("One number is asked for, such as 12.5.")
    if not is_right(question, answer, key):
        return "wrong", t("Not yet. Take a hint, or look at the view again.")
    return "right", " ".join((t("Right."), said(question.why, language()))).strip()


def key_line(question: Question, key: float | str | None) -> str:
    """Return a right answer with its tolerance, for who teaches."""
    if key is None:
        return t("sealed with the demo, which is not open here")
    room = formats.decimal(question.tolerance, 0 if question.tolerance == int(question.tolerance) else 2) if question.kind == "number" else ""
    return f"{key_words(question, key)} (± {room})" if question.kind == "number" and question.tolerance else key_words(question, key)


def turned(lesson: Lesson, truth: Mapping[str, float] | None) -> list[str]:
    """Return what the view seems to say and what is true, each with the question that it answers, as far as the quiz asks for them."""
    said_ = {"naive": N_("It seems: {answer}. {question}"), "true": N_("It is: {answer}. {question}")}
    asked = [(which, next((one for one in lesson.quiz if one.truth == which), None)) for which in said_]
    known = [(which, one, key_of(one, truth)) for which, one in asked if one]
    return [t(said_[which], answer=key_words(one, key), question=said(one.text, language())) for which, one, key in known if key is not None]


# --- files ----------------------------------------------------------------------------------------------------------------------
def coming(changes: Sequence[Change]) -> str:
    """Return in one line what a file of lessons would do."""
    counts = {kind: sum(one.change == kind for one in changes) for kind in CHANGES}
    return t("{new} new, {replaced} replaced, {same} here already", new=formats.count(counts["new"]), replaced=formats.count(counts["replaces"]),
             same=formats.count(counts["same"]))
