"""A class from the command line: the demo, and nothing else, opened to the local network."""

import signal
import subprocess
import sys
from collections.abc import Callable

from crm_core import settings
from crm_core.commands.terminal import Problem, progress
from crm_core.store import warehouse


def add(command: Callable) -> None:
    """Add serve to the parser."""
    serve = command("serve", run_serve, "serve a class on the local network: the demo store and nothing else", store=None)
    serve.add_argument("--class", dest="is_class", action="store_true", required=True, help="what is served: a class (the whole app stays on this machine)")
    serve.add_argument("--port", type=int, default=8501)
    serve.add_argument("--address", help="the address or name by which phones reach this machine (default: found out)")


def run_serve(asked) -> int:
    """Serve until stopped; return the server's exit code."""
    from crm_core.classroom.addresses import own_address

    _ready()
    address = asked.address or own_address()
    _tell(address, asked.port)
    with subprocess.Popen(_words(address, asked.port), cwd=settings.ROOT, env=settings.class_environment()) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            return server.wait()
        except KeyboardInterrupt:  # the terminal has told the server too: it ends by itself
            return server.wait()


def _ready() -> None:
    """Make sure that there is a demo that this Innsight can read: nothing rebuilds it once the class looks at it."""
    from crm_core.classroom import pristine
    from crm_core.refresh import fits, refresh

    demo = settings.read("demo")
    if not demo.is_published:
        raise Problem("There is no demo yet: run `python -m crm_core demo` first.")
    if not fits(warehouse.current(demo).version):
        refresh(demo, full=True, progress=progress("refresh"))
    pristine.keep(demo)


def _words(address: str, port: int) -> list[str]:
    """Every interface is listened on, and only the addresses that are told are answered: no other site can pass a visitor on to this machine.

    browser.serverAddress keeps Streamlit from asking the internet for this machine's outer address.
    """
    hosts = [f"--server.allowedHosts={host}" for host in ("localhost", "127.0.0.1", address)]
    return [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", f"--server.port={port}", f"--browser.serverAddress={address}", *hosts]


def _tell(address: str, port: int) -> None:
    from crm_core.classroom.addresses import join_link
    from crm_core.classroom.running import latest

    running = latest(settings.read("demo"))
    print(f"Start the class on this machine:  http://127.0.0.1:{port}/classroom")
    print(f"Participants join at:             {join_link(address, port, running.code if running else '')}")
    print("The code stands on the trainer's page. Only the demo is open; your own data stays closed. Stop with Ctrl+C.", flush=True)
