"""A class's routes for participants: no account, a code from the screen, a seat that the phone remembers."""
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from crm_core import i18n, settings
from crm_core.classroom.addresses import LOOPBACK
from crm_core.classroom.running import Class, find
from crm_core.classroom.taking_part import Seat, answer, join, seat
from crm_core.records.registry import Refused
from crm_core.web import class_page as page
from crm_core.web.limiting import Limiter

MOST_BODY = 16_000  # bytes of an answer
# A class of sixty may share one address: what one phone may is counted by its seat, what all may together is generous.
OF_ADDRESS, OF_SEAT, GUESSES = Limiter(12_000, 300.0), Limiter(240, 60.0), Limiter(200, 300.0)
SEAT, LANGUAGE, DAY = "class_seat", "class_lang", 86_400
PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}


def routes() -> list[Route]:
    """Return the routes to be mounted beside the app; the letters' route stands beside them."""
    return [Route("/class", _door, methods=["GET"]), Route("/class/{code}", _look, methods=["GET"]), Route("/class/{code}", _join, methods=["POST"]),
            Route("/class/{code}/{lesson}", _look, methods=["GET"]), Route("/class/{code}/{lesson}", _answer, methods=["POST"])]


# --- what is asked ----------------------------------------------------------------------------------------------------------------
async def _door(request: Request) -> Response:
    return await run_in_threadpool(_answering, request, _at_the_door, {})


async def _look(request: Request) -> Response:
    return await run_in_threadpool(_answering, request, _looked, {})


async def _join(request: Request) -> Response:
    return await _posted(request, _joined)


async def _answer(request: Request) -> Response:
    return await _posted(request, _answered)


async def _posted(request: Request, work) -> Response:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BODY:
        return HTMLResponse(page.later(), 413, PRIVATE)
    async with request.form(max_files=0, max_fields=40) as posted:
        given = {key: value for key, value in posted.items() if isinstance(value, str)}
    return await run_in_threadpool(_answering, request, work, given)


def _answering(request: Request, work, given: dict[str, str]) -> Response:
    """Speak the visitor's language, turn away who may not come, and keep the chosen language."""
    i18n.use(_wanted(request))
    caller = request.client.host if request.client else ""
    if not settings.is_class() and caller not in LOOPBACK:
        return Response(status_code=404)  # a class is open to other machines only where it is served as one
    if not OF_ADDRESS.allows(caller) or not OF_SEAT.allows(request.cookies.get(SEAT) or caller + request.url.path):
        return _html(page.later(), 429)
    response = work(request, given)
    if "lang" in request.query_params:
        response.set_cookie(LANGUAGE, i18n.language(), max_age=DAY, path="/class", samesite="lax")
    return response


def _wanted(request: Request) -> str:
    return request.query_params.get("lang") or request.cookies.get(LANGUAGE) or request.headers.get("accept-language", "")[:2]


# --- what is answered -------------------------------------------------------------------------------------------------------------
def _at_the_door(request: Request, _given: dict[str, str]) -> Response:
    code = request.query_params.get("code", "").strip().upper()
    if not code:
        return _html(page.door())
    return _to(f"/class/{code}") if _found(request, code) else _unknown(code)


def _looked(request: Request, _given: dict[str, str]) -> Response:
    code, here = request.path_params["code"], settings.read("demo")
    shown = _found(request, code)
    if shown is None:
        return _unknown(code)
    if code != shown.code:
        return _to(f"/class/{shown.code}")
    place = seat(here, shown, request.cookies.get(SEAT))
    if shown.ended_at:
        return _html(page.ended(shown, place))
    if place is None:
        return _html(page.joining(shown)) if "lesson" not in request.path_params else _to(f"/class/{code}")
    return _seated(request, shown, place)


def _seated(request: Request, shown: Class, place: Seat) -> Response:
    lesson = _lesson(request, shown)
    if "lesson" in request.path_params and (lesson is None or shown.mode == "follow"):
        return _to(f"/class/{shown.code}")
    if lesson:
        return _html(page.alone(shown, place, lesson))
    return _html(page.contents(shown, place) if shown.mode == "alone" else page.following(shown, place, change="change" in request.query_params))


def _joined(request: Request, given: dict[str, str]) -> Response:
    shown = _found(request, request.path_params["code"])
    if shown is None:
        return _unknown(request.path_params["code"])
    try:
        token = join(settings.read("demo"), shown.code, given.get("name", ""))
    except Refused as problem:
        return _html(page.joining(shown, given.get("name", ""), i18n.t(str(problem))), 422)
    response = _to(f"/class/{shown.code}")
    # Only this class is sent it, no script can read it, and no form of another site sends it along.
    response.set_cookie(SEAT, token, max_age=DAY, path=f"/class/{shown.code}", httponly=True, samesite="lax")
    return response


def _answered(request: Request, given: dict[str, str]) -> Response:
    here, shown = settings.read("demo"), _found(request, request.path_params["code"])
    if shown is None:
        return _unknown(request.path_params["code"])
    place, lesson = seat(here, shown, request.cookies.get(SEAT)), _lesson(request, shown)
    if place is None or lesson is None:
        return _to(f"/class/{shown.code}")
    try:
        answer(here, shown, place, {(lesson.code, key): said for key, said in given.items()})
    except Refused as problem:
        return _refused(shown.code, request, lesson, given, i18n.t(str(problem)))
    return _to(f"/class/{shown.code}" + (f"/{lesson.code}" if shown.mode == "alone" else ""))


def _refused(code: str, request: Request, lesson, given: dict[str, str], problem: str) -> Response:
    """What was typed stays on the page, beside what is wrong with it; where the class has moved on, its page says so."""
    here = settings.read("demo")
    shown = find(here, code)
    place = seat(here, shown, request.cookies.get(SEAT))
    if shown.ended_at:
        return _html(page.ended(shown, place), 410)
    if shown.mode == "alone":
        return _html(page.alone(shown, place, lesson, given, problem), 422)
    return _html(page.following(shown, place, change=True, given=given, problem=problem), 422)


def _lesson(request: Request, shown: Class):
    return next((one for one in shown.lessons if one.code == request.path_params.get("lesson")), None)


def _found(request: Request, code: str) -> Class | None:
    """Find a class; who guesses codes is told of none after a while."""
    found = find(settings.read("demo"), code) if len(code) <= 12 else None
    caller = request.client.host if request.client else ""
    return found if found or GUESSES.allows(caller) else None


def _unknown(code: str) -> HTMLResponse:
    return _html(page.door(code, i18n.t("There is no class with this code. Look at the screen again.")), 404)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, PRIVATE)


def _html(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status, PRIVATE)
