"""The background worker from the command line."""

import os
import signal
import sys
import threading
from collections.abc import Callable

from crm_core.commands.terminal import Problem

POLITE = 5  # added to the process's niceness: pages come first


def add(command: Callable) -> None:
    """Add work to the parser."""
    works = command("work", run_work, "do what is queued and what lies in the inbox, in the background of the pages", store=None)
    works.add_argument("--once", action="store_true", help="end when all is done")
    works.add_argument("--while-open", action="store_true", help="end when the standard input is closed")


def run_work(asked) -> None:
    """Work until told to stop (Ctrl+C, or the input's end); a second worker of the same home waits for its turn."""
    from crm_core.jobs.worker import serve

    if hasattr(os, "nice"):
        os.nice(POLITE)
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    if asked.while_open:
        threading.Thread(target=_until_closed, args=(stopping,), daemon=True).start()
    if not serve(stopping, once=asked.once):
        raise Problem("Another worker is at work here already: it does what is queued.")


def _until_closed(stopping: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # unbuffered: a thread that holds the buffer's lock would break the interpreter's end
        pass
    stopping.set()
