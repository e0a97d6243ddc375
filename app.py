"""The ASGI app: warm-up, the background worker, security headers, and Streamlit's shell."""

import gc
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from crm_core import jobs, settings
from crm_core.classroom.addresses import LOOPBACK
from crm_core.web import classes, letters, surveys
from crm_core.web.headers import SecurityHeaders


@asynccontextmanager
async def lifespan(_app):
    if st.get_option("server.address") not in LOOPBACK and not settings.is_class():
        raise SystemExit(
            "Innsight has no log-in yet and serves this machine only: leave server.address at 127.0.0.1. For a class: python -m crm_core serve --class"
        )
    for heavy in (
        "pandas",
        "plotly.graph_objects",
        "pydeck",
        "sqlalchemy",
        "crm_core.queries",
        "crm_core.charts.origin_map",
        "crm_core.ingest.template",
    ):
        import_module(heavy)  # once, before the first visitor
    # Streamlit collects garbage after every rerun; what is frozen is not walked each time (99 -> 14 ms CPU per rerun).
    gc.collect()
    gc.freeze()
    with _worker():
        yield {}


@contextmanager
def _worker():
    """Keep one background worker beside the app. It ends with the app even if that is killed: its standard input closes."""
    process = jobs.start() if settings.has_worker() else None
    try:
        yield
    finally:
        if process:
            process.terminate()
            process.wait(10)


def _routes():
    """The pages for people without an account: while a class is served, its own only."""
    return [*classes.routes(), *(letters.routes() if settings.is_class() else surveys.routes())]


app = st.App(Path(__file__).parent / "crm_core/ui/shell.py", routes=_routes(), middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
