"""The survey's two routes: a form behind a link that works once, and what was answered. No log-in: the token is the right."""
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from crm_core import i18n, settings
from crm_core.records.questionnaire import RANGES
from crm_core.records.registry import Refused
from crm_core.records.survey_answers import Closed, Form, NotOpen, answer, open_invitation
from crm_core.store.record import RecordStore, open_store
from crm_core.web import form, letters
from crm_core.web.limiting import Limiter

MOST_BODY = 64_000  # bytes of an answer
LOOKS, ANSWERS = Limiter(60, 300.0), Limiter(10, 300.0)  # in five minutes, of one address
PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def routes() -> list[Route]:
    """Return the routes to be mounted beside the app, or alone."""
    return [Route("/survey/{token}", _look, methods=["GET"]), Route("/survey/{token}", _answer, methods=["POST"]), *letters.routes()]


async def _look(request: Request) -> HTMLResponse:
    return await run_in_threadpool(_looked, request.path_params["token"], _caller(request), _wanted(request))


async def _answer(request: Request) -> HTMLResponse:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BODY:
        return _html(form.later("en"), 413)
    async with request.form(max_files=0, max_fields=60) as posted:
        given = {key: value for key, value in posted.items() if isinstance(value, str)}
    return await run_in_threadpool(_answered, request.path_params["token"], _caller(request), given)


def _caller(request: Request) -> str:
    return request.client.host if request.client else ""


def _wanted(request: Request) -> str:
    """The language that the link or the browser asks for, "" for none."""
    said = request.query_params.get("lang") or request.headers.get("accept-language", "")[:2]
    return said.lower() if said.isascii() and said.isalpha() and len(said) <= 3 else ""


def _looked(token: str, caller: str, wanted: str) -> HTMLResponse:
    if not LOOKS.allows(caller):
        return _later(wanted)
    _store, found = _open(token)
    language = _speak(found, wanted)
    return _html(form.closed(found.reason, language), 404 if found.reason == "unknown" else 410) if isinstance(found, Closed) else _html(form.asked(found, language))


def _answered(token: str, caller: str, given: dict[str, str]) -> HTMLResponse:
    wanted = given.pop("lang", "")
    if not ANSWERS.allows(caller):
        return _later(wanted)
    store, found = _open(token)
    language = _speak(found, wanted)
    if isinstance(found, Closed):
        return _html(form.closed(found.reason, language), 404 if found.reason == "unknown" else 410)
    try:
        answer(store, token, _values(found, given), language)
    except NotOpen as late:  # somebody answered by the same link a moment ago
        return _html(form.closed(late.reason, language), 410)
    except Refused as problem:
        return _html(form.asked(found, language, given, i18n.t(str(problem))), 422)
    return _html(form.thanks(found.property, language))


def _values(found: Form, given: dict[str, str]) -> dict[str, object]:
    """What was filled in, numbers of a scale as numbers."""
    scales = {q.key for q in found.questions if q.kind in RANGES}
    return {key: int(value) if key in scales and value.isdecimal() and len(value) < 4 else value for key, value in given.items() if value.strip()}


def _open(token: str) -> tuple[RecordStore | None, Form | Closed]:
    """The store that knows a token, and its form. Every store that exists is asked, whatever the token."""
    tried = [(store, open_invitation(store, token)) for store in map(open_store, _stores())]
    return next((pair for pair in tried if not isinstance(pair[1], Closed) or pair[1].reason != "unknown"), (None, Closed("unknown")))


def _stores() -> list[settings.Settings]:
    every = [settings.read(name) for name in settings.stores()]
    return [one for one in every if one.sqlite_path is None or one.sqlite_path.exists()]


def _speak(found: Form | Closed, wanted: str) -> str:
    """Choose the language of the page: the one asked for where the form has it, else the guest's, else English."""
    there = set(found.questions[0].text) if isinstance(found, Form) and found.questions else set(i18n.LANGUAGES)
    own = found.language if isinstance(found, Form) else ""
    language = next((code for code in (wanted, own) if code in there), "en")
    i18n.use(language)
    return language


def _later(wanted: str) -> HTMLResponse:
    i18n.use(wanted)
    return _html(form.later(i18n.language()), 429)


def _html(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, PRIVATE)
