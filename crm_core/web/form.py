"""The survey as HTML: one column, large touch targets, no script, nothing from elsewhere; every text is escaped."""
from collections.abc import Mapping
from html import escape

from crm_core.i18n import LANGUAGES, N_, t
from crm_core.records.questionnaire import Question, wording
from crm_core.records.survey_answers import Form
from crm_core.web.page import framed

STYLE = """
.scale{display:flex;flex-wrap:wrap;gap:.4rem}.scale label{flex:1 0 2.6rem;text-align:center}.seven label{flex-basis:10%}.scale input{position:absolute;opacity:0}
.scale span{display:block;padding:.6rem 0;border:1px solid var(--line);border-radius:8px;cursor:pointer}
.scale input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--back)}.scale input:focus-visible+span{outline:3px solid var(--accent)}
.ends{display:flex;justify-content:space-between;font-size:.85rem;color:var(--mute)}
"""
ENDS = {"nps": (N_("not at all likely"), N_("very likely")), "ces": (N_("not at all"), N_("entirely"))}
CLOSED = {"unknown": N_("This link is not known."), "expired": N_("This survey has ended."), "answered": N_("Thank you: your answer is here already.")}


def asked(form: Form, language: str, given: Mapping[str, str] = {}, problem: str = "") -> str:
    """Return the page of a form in a language; `given` keeps what was typed, `problem` says what is wrong with it."""
    said = f'<p class="bad" role="alert">{escape(problem)}</p>' if problem else ""
    questions = "".join(_question(q, language, given.get(q.key, "")) for q in form.questions)
    body = (f"<h1>{escape(form.property)}</h1><p>{escape(t('It takes about a minute. One answer for each link.'))}</p>{_languages(form, language)}{said}"
            f'<form method="post" autocomplete="off"><input type="hidden" name="lang" value="{escape(language)}">{questions}'
            f"<button>{escape(t('Send'))}</button></form>"
            f"<p>{escape(t('What you say is kept with your stay and read by the house.'))}</p>")
    return _page(body, language, form.property)


def thanks(property: str, language: str) -> str:
    """Return the page after an answer."""
    return _page(f'<div class="box"><h1>{escape(t("Thank you"))}</h1><p>{escape(t("Your answer has arrived."))}</p></div>', language, property)


def closed(reason: str, language: str) -> str:
    """Return the page of a link that takes no answer; it names no house and no guest."""
    return _page(f'<div class="box"><h1>{escape(t(CLOSED[reason]))}</h1></div>', language, t("Survey"))


def later(language: str) -> str:
    """Return the page for who asks too often."""
    return _page(f'<div class="box"><h1>{escape(t("One moment"))}</h1><p>{escape(t("That was too often. Try again in a few minutes."))}</p></div>', language,
                 t("Survey"))


def _page(body: str, language: str, title: str) -> str:
    return framed(body, language, title, style=STYLE)


def _languages(form: Form, language: str) -> str:
    """Links to the languages in which every question is worded."""
    there = [code for code in dict.fromkeys([*LANGUAGES, *form.questions[0].text]) if all(code in q.text for q in form.questions)]
    if len(there) < 2:
        return ""
    from babel import Locale

    names = {code: LANGUAGES.get(code) or Locale(code).get_display_name(code) for code in there}
    return "<nav>" + "".join(f'<a href="?lang={escape(c)}" hreflang="{escape(c)}">{escape(names[c])}</a>' for c in there if c != language) + "</nav>"


def _question(q: Question, language: str, given: str) -> str:
    mark = "" if q.required else f' <small>({escape(t("if you like"))})</small>'
    return f"<fieldset><legend>{escape(wording(q.text, language))}{mark}</legend>{_field(q, language, given)}</fieldset>"


def _field(q: Question, language: str, given: str) -> str:
    if q.kind == "text":
        return f'<textarea name="{escape(q.key)}" maxlength="5000" aria-label="{escape(wording(q.text, language))}">{escape(given)}</textarea>'
    must = " required" if q.required else ""
    if q.kind == "choice":
        return '<div class="choice">' + "".join(_option(q, key, wording(texts, language), key == given, must) for key, texts in q.options) + "</div>"
    low, high = q.range
    dots = "".join(f'<label><input type="radio" name="{escape(q.key)}" value="{n}"{" checked" if str(n) == given else ""}{must}><span>{n}</span></label>'
                   for n in range(low, high + 1))
    ends = f'<div class="ends"><span>{escape(t(ENDS[q.kind][0]))}</span><span>{escape(t(ENDS[q.kind][1]))}</span></div>' if q.kind in ENDS else ""
    width = "scale seven" if high - low == 6 else "scale"
    return f'<div class="{width}">{dots}</div>{ends}'


def _option(q: Question, key: str, said: str, chosen: bool, must: str) -> str:
    return f'<label><input type="radio" name="{escape(q.key)}" value="{escape(key)}"{" checked" if chosen else ""}{must}> {escape(said)}</label>'
