"""A question is asked: one child process, watched from outside, which ends with its answer, its time or whoever waited for it."""
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from crm_core.sandbox import child, views
from crm_core.sandbox.problems import NotAnswered
from crm_core.scope import Scope
from crm_core.settings import ROOT, system_environment
from crm_core.store.warehouse import Warehouse

AT_ONCE = 2  # so many questions run beside each other in one server process
STEP = 0.2  # seconds between two looks at the child
SLACK = 1_000_000  # what Arrow and the first line may add to the rows
_free = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Answer:
    """What came back: at most 10,000 rows, whether there were more, and how long it took."""

    rows: pd.DataFrame
    more: bool
    seconds: float


def ask(warehouse: Warehouse, scope: Scope, question: str, meanwhile: Callable[[float], None] = lambda seconds: None) -> Answer:
    """Return the answer to a question in SQL over the scope's views. Raises NotAllowed without the right "sql", and NotAnswered.

    `meanwhile` is called a few times a second with the seconds that passed; whatever it raises ends the question.
    """
    scope.require("sql")
    if not _free.acquire(blocking=False):
        raise NotAnswered("busy")
    try:
        return _answer(_run(_asked(warehouse.path, scope, question), meanwhile))
    finally:
        _free.release()


def _asked(path: Path, scope: Scope, question: str) -> bytes:
    asked = {"file": str(path), "views": views.statements(scope), "apart": not scope.everywhere, "question": question}
    return json.dumps(asked).encode()


def _run(asked: bytes, meanwhile: Callable[[float], None]) -> bytes:
    """Return what the child wrote. Raises NotAnswered where it took too long."""
    process = subprocess.Popen([sys.executable, "-m", child.__name__], cwd=ROOT, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    written: list[bytes] = []
    talk = threading.Thread(target=_talk, args=(process, asked, written), daemon=True)
    began = time.monotonic()
    try:
        talk.start()
        while talk.is_alive():
            talk.join(STEP)
            passed = time.monotonic() - began
            if passed > child.SECONDS and talk.is_alive():
                raise NotAnswered("time", str(child.SECONDS))
            meanwhile(passed)
        return b"".join(written)
    finally:
        process.kill()
        process.wait()
        talk.join()


def _talk(process: subprocess.Popen, asked: bytes, written: list[bytes]) -> None:
    try:
        with process.stdin as question:
            question.write(asked)
    except OSError:  # the child is gone: what it wrote says more
        pass
    with process.stdout as answer:
        written.append(answer.read(child.MOST_BYTES + SLACK))


def _answer(written: bytes) -> Answer:
    line, _, stream = written.partition(b"\n")
    try:
        told = json.loads(line)
    except ValueError as error:  # one that was stopped by its limits has no last word
        raise NotAnswered("stopped") from error
    if "problem" in told:
        raise NotAnswered(told["problem"], told["word"])
    try:
        rows = pa.ipc.open_stream(stream).read_all().to_pandas(integer_object_nulls=True)
    except (pa.ArrowInvalid, OverflowError) as error:  # a stream that was cut off, or a day beyond the year 9999
        raise NotAnswered("stopped") from error
    return Answer(rows, told["more"], told["seconds"])


def _environment() -> dict[str, str]:
    """Return what the child may know: where programs are, nothing of this process's settings."""
    return system_environment() | {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
