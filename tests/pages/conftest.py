"""Pages are visited over a small demo, over two houses full of tokens, and over a store without data."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import local_script_runner

from crm_core import jobs
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import Hotel, lisbon_and_addis
from tests.pages import mailed as mailed_
from tests.pages.visiting import ROOT, Visits, copied


@pytest.fixture(scope="session", autouse=True)
def quick_visits():
    """Let visits share what is alike in all of them: the search of every installed package for components, and the compiled pages."""
    compiled = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setattr(local_script_runner, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory, worker_id):
    """Settings of a demo of 2,000 guests, made once by the command that a newcomer types; each worker visits a copy of its own."""
    mine = tmp_path_factory.getbasetemp()
    first = (mine if worker_id == "master" else mine.parent) / "demo_at_first"
    with FileLock(f"{first}.lock"):
        if not first.exists():
            _make_demo(first.with_suffix(".making")).rename(first)
    return copied(settings_.at(first), tmp_path_factory.mktemp("demo"))


def _make_demo(home: Path) -> Path:
    words = [sys.executable, "-m", "crm_core", "demo", "--scale", "0.05"]
    subprocess.run(words, cwd=ROOT, env={**os.environ, "CRM_HOME": str(home)}, check=True, capture_output=True)
    return home


@pytest.fixture
def visits(monkeypatch, demo) -> Visits:
    """Visits to the demo."""
    return Visits(monkeypatch, demo)


@pytest.fixture
def empty(monkeypatch, tmp_path) -> Visits:
    """Visits to a hotel's own store before its first import."""
    return Visits(monkeypatch, settings_.at(tmp_path, "hotel"))


@pytest.fixture(scope="session")
def lisbon_at_first(tmp_path_factory):
    """Settings of Lisbon and Addis, small enough to count by hand, before anybody's visit: to be copied."""
    settings = settings_.at(tmp_path_factory.mktemp("lisbon_at_first"))
    opened = record.open_store(settings)
    lisbon_and_addis(opened)
    refresh(settings)
    opened.engine.dispose()
    return settings


@pytest.fixture(scope="session")
def lisbon(lisbon_at_first, tmp_path_factory):
    """Settings of a copy for visitors who change nothing."""
    return copied(lisbon_at_first, tmp_path_factory.mktemp("lisbon"))


@pytest.fixture
def lisbon_to_change(monkeypatch, lisbon_at_first, tmp_path):
    """Settings of a copy that a test may change; a refresh is asked for and not made."""
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return copied(lisbon_at_first, tmp_path)


@pytest.fixture(scope="session")
def mailed_at_first(tmp_path_factory):
    """Settings of the house that writes to its guests, before anybody's visit: to be copied."""
    return mailed_.house(tmp_path_factory.mktemp("mailed"))


@pytest.fixture
def mailed(monkeypatch, mailed_at_first, tmp_path) -> Visits:
    """Visits to a copy, which a test may change; a refresh is asked for and not made."""
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return Visits(monkeypatch, copied(mailed_at_first, tmp_path))


@pytest.fixture(scope="session")
def houses(tmp_path_factory):
    """Settings of a store with two houses, Kolibri (1) and Zeisig (2); everything of a house bears its name."""
    settings = settings_.at(tmp_path_factory.mktemp("houses"))
    built = Hotel(record.open_store(settings)).open()
    for token, country in (("Kolibri", "PT"), ("Zeisig", "LK")):
        _settle(built, token, country)
    refresh(settings)
    built.store.engine.dispose()
    return settings


def _settle(built: Hotel, token: str, country: str) -> None:
    """Eight guests (fewer than five of a country are not shown), a stay each, and one arrival on the as-of date."""
    built.property(token, 10, name=f"House {token}")
    for i in range(8):
        guest = built.guest(f"Given{token}{i} Family{token}", token, email=f"{token}{i}@example.com", country=country)
        stay = built.stay(
            token, f"2025-03-{i + 1:02}", 2, 100, guest, confirmation=f"C{token}{i}", room_type=f"Room{token}", country=country
        )
        built.charge(stay, "fnb", 10)
    built.stay(token, "2025-04-01", 2, 100, guest, confirmation=f"N{token}", status="confirmed", country=country)
