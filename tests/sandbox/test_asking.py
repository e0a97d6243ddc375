"""A question is asked in a process of its own: it is answered, ended by its limits, or ended by whoever waited."""
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from crm_core.sandbox import asking, child
from crm_core.sandbox.problems import NotAnswered
from crm_core.scope import ROLES, NotAllowed

ENDLESS = "SELECT sum(a.i * b.i % 7) FROM range(3000000) a(i), range(3000000) b(i)"


@pytest.fixture(scope="module")
def view(scope):
    return replace(scope, chain=(1, 2))


@pytest.fixture
def started(monkeypatch) -> list[subprocess.Popen]:
    """The list of the children that a test starts."""
    found, make = [], subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **options: found.append(make(*args, **options)) or found[-1])
    return found


def refusal(warehouse, view, question: str) -> NotAnswered:
    with pytest.raises(NotAnswered) as refused:
        asking.ask(warehouse, view, question)
    return refused.value


def test_a_question_is_answered_with_its_rows_and_its_time(warehouse, view):
    answer = asking.ask(warehouse, view, "SELECT channel, sum(nights) AS nights, min(arrival_on) AS first_on FROM stays GROUP BY ALL ORDER BY 2 DESC, 1")
    assert answer.rows[["channel", "nights"]].values.tolist() == [["own_site", 10], ["ota", 6], ["corporate", 2]]
    assert str(answer.rows["first_on"].iloc[0]) == "2024-03-04"
    assert not answer.more
    assert 0 < answer.seconds < child.SECONDS


def test_a_mistake_comes_back_with_the_engines_own_words(warehouse, view):
    refused = refusal(warehouse, view, "SELECT nihgts FROM stays")
    assert (refused.problem, refused.words()) == ("engine", "The database does not understand this question.")
    assert 'Referenced column "nihgts" not found' in refused.said


def test_a_refused_question_comes_back_with_a_reason_and_without_the_engines_words(warehouse, view):
    refused = refusal(warehouse, view, "FROM mart_stays")
    assert refused.words() == "“mart_stays” is none of the tables that are listed here. Write the name alone, without anything in front of it."
    assert refused.said == ""


def test_a_question_that_takes_too_long_is_ended(warehouse, view, started, monkeypatch):
    monkeypatch.setattr(child, "SECONDS", 1)
    assert refusal(warehouse, view, ENDLESS).words().startswith("This question took longer than the 1 seconds that it may have")
    assert started[0].poll() is not None


def test_a_question_ends_with_whoever_waited_for_it(warehouse, view, started):
    class Left(BaseException):
        pass

    def leave(seconds: float) -> None:
        raise Left

    began = time.monotonic()
    with pytest.raises(Left):
        asking.ask(warehouse, view, ENDLESS, leave)
    assert started[0].poll() is not None
    assert time.monotonic() - began < child.SECONDS / 2


def test_a_question_that_needs_too_much_memory_is_ended_in_plain_words(warehouse, view):
    refused = refusal(warehouse, view, f"SELECT list(i || '{'x' * 100}') FROM range(30000000) t(i)")
    assert refused.problem in ("memory", "stopped")
    assert "needs more memory than the 512 MB" in refused.words() or "needed more than it may have" in refused.words()


def test_more_questions_than_may_run_at_once_are_told_to_wait(warehouse, view):
    for _ in range(asking.AT_ONCE):
        asking._free.acquire()
    try:
        assert refusal(warehouse, view, "SELECT 1").problem == "busy"
    finally:
        for _ in range(asking.AT_ONCE):
            asking._free.release()
    assert asking.ask(warehouse, view, "SELECT 1 AS one").rows["one"].tolist() == [1]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"local"}))
def test_only_the_local_user_may_ask(warehouse, view, started, role):
    with pytest.raises(NotAllowed):
        asking.ask(warehouse, replace(view, role=role), "SELECT 1")
    assert started == []


def test_the_child_knows_nothing_of_the_servers_settings(monkeypatch):
    monkeypatch.setenv("CRM_STORE_URL", "postgresql://secret")
    assert not [name for name in asking._environment() if name.startswith(("CRM", "HOME", "INNSIGHT"))]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")
def test_the_child_has_limits_of_memory_time_and_no_byte_to_write():
    code = (f"import resource as r; from {child.__name__} import limit; limit(); "
            "print(*(r.getrlimit(what)[1] for what in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE)))")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == [str(2 * 1024 ** 3), "40", "0"]
