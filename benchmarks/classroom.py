"""A class of sixty on one served machine: everybody answers at the same moment, and then their phones look again."""

import http.client
import os
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks import measured, stores
from crm_core.association.lessons import Lesson, Question
from crm_core.classroom import running

TARGET, PEOPLE, PORT, ROUNDS = 500, 60, 8612, 10  # milliseconds at the 95th percentile
QUIZ = tuple(Question(f"q{n}", "number", {"en": "How many?"}, answer=float(n), tolerance=0.5) for n in range(ROUNDS))
LESSON = Lesson("L01", {"en": "A lesson"}, {"en": "What is it?"}, {"en": "That."}, {}, (), "briefing", {}, 5, QUIZ)


def main(size: str = "demo") -> None:
    """Serve a class on the store of a size, let sixty people answer ten questions at once each, and write the section."""
    settings = stores.at(size)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT)]
    environment = {**os.environ, "CRM_HOME": str(settings.home), "CRM_CLASS": "1", "CRM_WORKER": "0"}
    with subprocess.Popen(command, cwd=measured.HERE.parent, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _healthy()
            code = running.start(settings, (LESSON,), {"L01": {q.key: q.answer for q in QUIZ}}, mode="follow")
            _report(settings, code, *_measure(settings, code))
        finally:
            server.terminate()


def _healthy() -> None:
    for _ in range(240):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.25)
    raise SystemExit("The app did not start.")


def _measure(settings, code: str) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds of every joining, every answer with the page that follows it, and every look at the screen."""
    with ThreadPoolExecutor(PEOPLE) as pool:
        joined = _together(pool, lambda name, _: _post(f"/class/{code}", {"name": f"P{name}"}), [None] * PEOPLE)
        seats = [one[1] for one in joined]
        answers, looks = [], []
        for place in (i for i, step in enumerate(running.find(settings, code).steps) if step.kind == "quiz"):
            running.go(settings, code, place)
            key = running.find(settings, code).step.question.key
            answers += [one[0] for one in _together(pool, lambda n, seat, key=key: _answer(code, seat, key, n), seats)]
            looks += [one[0] for one in _together(pool, lambda _, seat: _ask("GET", f"/class/{code}", seat), seats)]
    return [one[0] for one in joined], answers, looks


def _together(pool: ThreadPoolExecutor, work: Callable, seats: list) -> list[tuple[float, str]]:
    """Let everybody begin at the same moment; return each one's milliseconds and cookie."""
    gate = threading.Barrier(PEOPLE)

    def one(number: int, seat: str | None) -> tuple[float, str]:
        gate.wait()
        started = time.perf_counter()
        cookie = work(number, seat)
        return 1000 * (time.perf_counter() - started), cookie

    return list(pool.map(one, range(PEOPLE), seats))


def _answer(code: str, seat: str, key: str, number: int) -> str:
    _post(f"/class/{code}/L01", {key: f"{number % 12},5"}, seat)
    return _ask("GET", f"/class/{code}", seat)


def _post(path: str, form: dict[str, str], seat: str | None = None) -> str:
    return _ask("POST", path, seat, urllib.parse.urlencode(form))


def _ask(method: str, path: str, seat: str | None, body: str | None = None) -> str:
    """Ask on a connection of its own, as a phone does; return the cookie that was given."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    headers = {"content-type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body, headers | ({"cookie": seat} if seat else {}))
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (200, 303):
        raise SystemExit(f"{method} {path} was answered by {answer.status}.")
    connection.close()
    return (answer.headers.get("set-cookie") or "").partition(";")[0]


def _report(settings, code: str, joins: list[float], answers: list[float], looks: list[float]) -> None:
    shown = running.find(settings, code)
    counted = sum(one.people for q in QUIZ for one in running.counts(settings, shown, LESSON, q))
    rows = [(what, len(times), f"{measured.median(times):.0f}", f"{measured.percentile(times, 0.95):.0f}", f"{max(times):.0f}")
            for what, times in (("join", joins), ("answer, and the page after it", answers), ("look again", looks))]  # fmt: skip
    met = "met" if measured.percentile(answers, 0.95) <= TARGET else "MISSED"
    measured.write("Class", f"{PEOPLE} people at the same moment, the clients on the same cores. Target {TARGET} ms at p95: {met}. "
                   f"{counted} of {len(answers)} answers counted.\n\n" + measured.table(("what", "times", "ms p50", "ms p95", "ms most"), rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
