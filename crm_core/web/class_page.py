"""A class as HTML for a phone: join, look, answer, see what was right; every text is escaped."""
from collections.abc import Mapping
from html import escape

from crm_core.association.answers import LONGEST
from crm_core.association.lessons import Lesson, Question, is_right
from crm_core.association.texts import said
from crm_core.classroom.addresses import view_link
from crm_core.classroom.running import Class
from crm_core.classroom.taking_part import LONGEST_NAME, Seat
from crm_core.classroom.words import answer_words, key_words
from crm_core.i18n import LANGUAGES, language, t, tn
from crm_core.web.page import framed

STYLE = """
input[type=text]{width:100%;font:inherit;font-size:1.15rem;color:inherit;background:transparent;padding:.7rem;margin:.3rem 0 .8rem}
input[type=text]{border:1px solid var(--line);border-radius:8px}
.code{text-transform:uppercase;letter-spacing:.2em}.big{font-size:1.2rem;color:var(--ink);white-space:pre-line}.good{color:var(--good);font-weight:600}
main a{color:var(--accent)}a.open{display:block;text-align:center;padding:.8rem;border:1px solid var(--accent);border-radius:10px;margin:.8rem 0}
a.open{font-weight:600;text-decoration:none}
label{color:var(--ink)}details{margin:.8rem 0;color:var(--mute)}ol{padding-inline-start:1.4rem}li{margin:.5rem 0}.unit{color:var(--mute)}
"""
SOON = 5  # seconds until a page that waits looks again


# --- before the class ------------------------------------------------------------------------------------------------------------
def door(code: str = "", problem: str = "") -> str:
    """Return the page that asks for a class's code."""
    return _page(f"<h1>{_t('Join a class')}</h1>{_problem(problem)}"
                 f'<form method="get" action="/class" autocomplete="off"><label for="code">{_t("Code on the screen")}</label>'
                 f'<input type="text" class="code" id="code" name="code" value="{escape(code[:12])}" maxlength="12" required autocapitalize="characters" '
                 'spellcheck="false">'
                 f"<button>{_t('Next')}</button></form>", t("Join a class"))


def joining(shown: Class, name: str = "", problem: str = "") -> str:
    """Return the page that asks for a name."""
    return _page(f"<h1>{escape(_title(shown))}</h1>{_problem(problem)}"
                 f'<form method="post" action="/class/{shown.code}" autocomplete="off"><label for="name">{_t("Your name, as the trainer will see it")}</label>'
                 f'<input type="text" id="name" name="name" value="{escape(name[:200])}" maxlength="{LONGEST_NAME}" required>'
                 f"<button>{_t('Join')}</button></form>"
                 f"<p>{_t('Your name and your answers stay on the trainer’s computer and are forgotten after thirty days.')}</p>", _title(shown))


def ended(shown: Class, here: Seat | None) -> str:
    """Return the page of a class that is over, with the own result."""
    return _page(f'<div class="box"><h1>{_t("This class has ended.")}</h1>{_score(shown, here) if here else ""}</div>'
                 + "".join(_told(lesson, question, here) for lesson, question in shown.questions if here), _title(shown))


def later() -> str:
    """Return the page for who asks too often."""
    return _page(f'<div class="box"><h1>{_t("One moment")}</h1><p>{_t("That was too often. Try again in a minute.")}</p></div>', t("Class"), again=30)


# --- following the trainer --------------------------------------------------------------------------------------------------------
def following(shown: Class, here: Seat, *, change: bool = False, given: Mapping[str, str] = {}, problem: str = "") -> str:
    """Return what a phone shows at the trainer's step; a page on which somebody may be typing never reloads itself."""
    step = shown.step
    head = f"<p>{escape(here.name)} · {escape(_title(shown))}</p>{_problem(problem)}"
    if step.kind == "quiz" and (change or here.answer(step.lesson, step.question) is None) and not shown.is_revealed(step.lesson, step.question):
        form = _form(shown, step.lesson, (step.question,), given or {step.question.key: here.answer(step.lesson, step.question) or ""})
        return _page(f"{head}<h1>{_said(step.lesson.title)}</h1>{_link(step.lesson)}{form}{_hints(step.lesson)}{_look_again(shown)}", _title(shown))
    return _page(head + _STEPS[step.kind](shown, here), _title(shown), again=SOON)


def _lobby(_shown: Class, _here: Seat) -> str:
    return f'<div class="box"><h1>{_t("You are in.")}</h1><p>{_t("The first lesson comes up here by itself.")}</p></div>'


def _opening(shown: Class, _here: Seat) -> str:
    lesson = shown.step.lesson
    return f'<div class="box"><h1>{_said(lesson.title)}</h1><p class="big">{_said(lesson.question)}</p></div>{_link(lesson)}'


def _answered(shown: Class, here: Seat) -> str:
    step = shown.step
    if shown.is_revealed(step.lesson, step.question):  # the trainer went back
        return _told(step.lesson, step.question, here)
    own = escape(answer_words(step.question, here.answer(step.lesson, step.question)))
    return (f'<div class="box"><h1>{_said(step.question.text)}</h1><p>{_t("Your answer")}</p><p class="big">{own}</p>'
            f'<p><a href="/class/{shown.code}?change=1">{_t("Change it")}</a></p></div>{_link(step.lesson)}')


def _revealed(shown: Class, here: Seat) -> str:
    return _told(shown.step.lesson, shown.step.question, here) + _link(shown.step.lesson)


def _notice(shown: Class, here: Seat) -> str:
    return _noticed(shown.step.lesson) + _score(shown, here)


def _over(shown: Class, here: Seat) -> str:
    return f'<div class="box"><h1>{_t("That was the last lesson.")}</h1>{_score(shown, here)}</div>'


_STEPS = {"lobby": _lobby, "title": _opening, "view": _opening, "quiz": _answered, "revealed": _revealed, "notice": _notice, "end": _over}


# --- working alone ----------------------------------------------------------------------------------------------------------------
def contents(shown: Class, here: Seat, problem: str = "") -> str:
    """Return the list of lessons of a class that works alone."""
    lines = "".join(f'<li><a href="/class/{shown.code}/{escape(lesson.code)}">{_said(lesson.title)}</a> {_state(here, lesson)}</li>'
                    for lesson in shown.lessons)
    return _page(f"<p>{escape(here.name)}</p><h1>{escape(_title(shown))}</h1>{_problem(problem)}<ol>{lines}</ol>{_score(shown, here)}", _title(shown))


def _state(here: Seat, lesson: Lesson) -> str:
    if lesson.quiz and here.has_answered(lesson):
        return f'<span class="good">✓ {_t("answered")}</span>'
    return f"<small>{escape(tn('{n} minute', '{n} minutes', lesson.minutes))}</small>"


def alone(shown: Class, here: Seat, lesson: Lesson, given: Mapping[str, str] = {}, problem: str = "") -> str:
    """Return one lesson of a class that works alone: the quiz, or after it what to notice, and the keys once they are told."""
    waiting = tuple(q for q in lesson.quiz if here.answer(lesson, q) is None and not shown.is_revealed(lesson, q))
    done = "".join(_told(lesson, q, here) for q in lesson.quiz if q not in waiting)
    quiz = _form(shown, lesson, waiting, given) + _hints(lesson) if waiting else _noticed(lesson)
    final = f"<p>{_t('You answer each question once.')}</p>" if waiting else ""
    return _page(f'<p><a href="/class/{shown.code}">‹ {_t("All lessons")}</a></p>{_problem(problem)}<h1>{_said(lesson.title)}</h1>'
                 f'<p class="big">{_said(lesson.question)}</p>{_link(lesson)}{done}{final}{quiz}', _title(shown))


# --- parts ------------------------------------------------------------------------------------------------------------------------
def _form(shown: Class, lesson: Lesson, questions: tuple[Question, ...], given: Mapping[str, str]) -> str:
    fields = "".join(f"<fieldset><legend>{_said(q.text)}</legend>{_field(q, given.get(q.key, ''))}</fieldset>" for q in questions)
    return (f'<form method="post" action="/class/{shown.code}/{escape(lesson.code)}" autocomplete="off">{fields}<button>{_t("Send")}</button></form>')


def _field(question: Question, given: str) -> str:
    name = escape(question.key)
    if question.kind == "choice":
        return '<div class="choice">' + "".join(
            f'<label><input type="radio" name="{name}" value="{escape(key)}"{" checked" if key == given else ""} required> {_said(words)}</label>'
            for key, words in question.options) + "</div>"
    return (f'<input type="text" name="{name}" value="{escape(given[:LONGEST])}" maxlength="{LONGEST}" required aria-label="{_said(question.text)}">'
            f'<span class="unit">{_said(question.unit)}</span>')


def _told(lesson: Lesson, question: Question, here: Seat) -> str:
    """The own answer to a question, and the right one with its reason once it is told."""
    own, key = here.answer(lesson, question), here.key(lesson, question)
    line = f'<p>{_t("Your answer")}: {escape(answer_words(question, own)) if own else "–"}</p>'
    if key is not None:
        verdict = (f'<p class="good">✓ {_t("Right")}</p>' if is_right(question, own or "", key) else f'<p class="bad">✗ {_t("Not right")}</p>') if own else ""
        line += f'{verdict}<p class="big">{_t("The answer is {answer}", answer=key_words(question, key))}</p><p>{_said(question.why)}</p>'
    return f'<div class="box"><h1>{_said(question.text)}</h1>{line}</div>'


def _noticed(lesson: Lesson) -> str:
    link = f'<a class="open" href="{escape(view_link(lesson, language(), honest=True))}" target="_blank" rel="noopener">{_t("Open the view that tells")}</a>'
    return f'<div class="box"><h1>{_t("What to notice")}</h1><p class="big">{_said(lesson.notice)}</p></div>{link if lesson.honest_page else ""}'


def _score(shown: Class, here: Seat) -> str:
    right, told = here.score(shown)
    return f'<p class="big">{escape(t("{right} of {told} right so far", right=right, told=told))}</p>' if told else ""


def _link(lesson: Lesson) -> str:
    return f'<a class="open" href="{escape(view_link(lesson, language()))}" target="_blank" rel="noopener">{_t("Open the view")}</a>'


def _hints(lesson: Lesson) -> str:
    return "".join(f"<details><summary>{_t('Hint {n}', n=n)}</summary>{_said(hint)}</details>" for n, hint in enumerate(lesson.hints, 1))


def _look_again(shown: Class) -> str:
    return f'<p><a href="/class/{shown.code}">{_t("Show what the trainer shows now")}</a></p>'


def _title(shown: Class) -> str:
    return shown.title or t("Class {code}", code=shown.code)


def _problem(problem: str) -> str:
    return f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else ""


def _said(texts: Mapping[str, str]) -> str:
    return escape(said(texts, language()))


def _t(message: str, **values) -> str:
    return escape(t(message, **values))


def _page(body: str, title: str, *, again: int = 0) -> str:
    links = "".join(f'<a href="?lang={code}" hreflang="{code}" lang="{code}">{escape(name)}</a>' for code, name in LANGUAGES.items() if code != language())
    return framed(f"{body}<nav>{links}</nav>", language(), title, style=STYLE, again=again)
