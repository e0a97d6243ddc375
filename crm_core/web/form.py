"""The survey as HTML: one column, large touch targets, no script, nothing from elsewhere; every text is escaped."""
from collections.abc import Mapping
from html import escape

from crm_core.i18n import LANGUAGES, N_, t
from crm_core.records.questionnaire import Question, wording
from crm_core.records.survey_answers import Form

STYLE = """
:root{--ink:#1C1917;--mute:#57534E;--line:#D6D2CB;--accent:#1F4E8C;--back:#FAF9F7;--card:#fff;--bad:#A63A16}
@media(prefers-color-scheme:dark){:root{--ink:#E7E5E4;--mute:#A8A29E;--line:#3A4048;--accent:#7CB0F2;--back:#121417;--card:#1B1F24;--bad:#F3A07C}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:17px/1.5 system-ui,ethiopic,sinhala,armenian,sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.25rem 1rem 3rem}h1{font-size:1.35rem;margin:.25rem 0}p{margin:.4rem 0;color:var(--mute)}
fieldset,.box{border:1px solid var(--line);border-radius:12px;background:var(--card);padding:1rem;margin:1rem 0}
legend{font-weight:600;padding:0;float:left;width:100%;margin-bottom:.7rem}legend+*{clear:both}
.scale{display:flex;flex-wrap:wrap;gap:.4rem}.scale label{flex:1 0 2.6rem;text-align:center}.seven label{flex-basis:10%}.scale input{position:absolute;opacity:0}
.scale span{display:block;padding:.6rem 0;border:1px solid var(--line);border-radius:8px;cursor:pointer}
.scale input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--back)}.scale input:focus-visible+span{outline:3px solid var(--accent)}
.ends{display:flex;justify-content:space-between;font-size:.85rem;color:var(--mute)}.choice label{display:block;padding:.45rem 0}
textarea{width:100%;min-height:7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px;padding:.6rem}
button{width:100%;padding:.9rem;font:inherit;font-weight:600;border:0;border-radius:10px;background:var(--accent);color:var(--back)}
.bad{color:var(--bad);font-weight:600}nav{font-size:.9rem;margin-top:.5rem}nav a{color:var(--accent);margin-inline-end:.8rem}
"""
# Letters that a phone may lack come from here; a page loads only those of the scripts it shows.
FONTS = {"ethiopic": "U+1200-1399,U+2D80-2DDE", "sinhala": "U+0D81-0DF4,U+200C-200D", "armenian": "U+0530-058F"}
FACES = "".join(f'@font-face{{font-family:{name};src:url(/survey-fonts/{name});unicode-range:{span};font-weight:100 900;font-display:swap}}'
                for name, span in FONTS.items())
ENDS = {"nps": (N_("not at all likely"), N_("very likely")), "ces": (N_("not at all"), N_("entirely"))}
CLOSED = {"unknown": N_("This link is not known."), "expired": N_("This survey has ended."), "answered": N_("Thank you: your answer is here already.")}
RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")


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
    turned = ' dir="rtl"' if language in RIGHT_TO_LEFT else ""
    return (f'<!doctype html><html lang="{escape(language)}"{turned}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
            f'<title>{escape(title)}</title><style>{FACES}{STYLE}</style></head><body><main>{body}</main></body></html>')


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
