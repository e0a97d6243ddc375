"""Visits to pages without a browser, and everything that such a page shows, as text."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from google.protobuf.json_format import MessageToJson
from streamlit.testing.v1 import AppTest

from crm_core import settings as settings_
from crm_core.ui import gate, load

ROOT = Path(__file__).resolve().parents[2]
SHELL = ROOT / "crm_core/ui/shell.py"
PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py")))


def copied(settings: settings_.Settings, folder: Path) -> settings_.Settings:
    """Return the settings of a copy of a store with its warehouse, in a folder that is empty yet."""
    shutil.copytree(settings.home, folder, dirs_exist_ok=True)
    return settings_.at(folder, settings.store)


def by_turns(choices: Sequence[str], of: int) -> list[tuple[str, str]]:
    """Return pages with choices: on every page one of so many in turn, each choice on as many pages; in the long version all of them."""
    step = 1 if "SOAK_ROUNDS" in os.environ else of
    return [(page, choice) for place, page in enumerate(PAGES) for turn, choice in enumerate(choices) if (place + turn) % step == 0]


class Visits:
    """Opens pages over one store; a role or properties other than everybody's are put in at the gate."""

    def __init__(self, monkeypatch, settings: settings_.Settings):
        self.monkeypatch, self.settings = monkeypatch, settings
        monkeypatch.setenv("CRM_HOME", str(settings.home))
        monkeypatch.setenv("CRM_STORE", settings.store)
        load._answer.cache_clear()

    def as_(self, role: str, properties: tuple[int, ...] | None = None) -> "Visits":
        """Let every later visit be of this role, at these properties or all."""
        usual = gate.visitor

        def visitor(settings, store):
            return gate.Visitor(
                "somebody", role, usual(settings, store).properties if properties is None else properties, usual(settings, store).chain
            )

        self.monkeypatch.setattr(gate, "visitor", visitor)
        return self

    def open(self, page: str = "briefing", **parameters: str | list[str]) -> AppTest:
        """Return a page after its first run, as a link with these parameters opens it."""
        at = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in parameters.items():
            at.query_params[name] = value
        return at.switch_page(f"../../pages/{page}.py").run()

    def downloads(self) -> list[bytes]:
        """Return the list that fills with the content of every file that later visits offer."""
        found: list[bytes] = []

        def offered(label, data, *_args, **_options):
            content = data() if callable(data) else data
            found.append(content if isinstance(content, bytes) else content.encode())

        self.monkeypatch.setattr(st, "download_button", offered)
        return found


def elements(block) -> list:
    """Return every element of a page, in order."""
    if not hasattr(block, "children"):
        return [block]
    return [element for child in block.children.values() for element in elements(child)]


def everything(at: AppTest) -> str:
    """Return all that a page sends to the browser, as text: labels, options, links, charts, and tables cell by cell."""
    return "\n".join(_sent(element) for element in elements(at._tree))


def _sent(element) -> str:
    text = MessageToJson(element.proto, ensure_ascii=False) if hasattr(element, "proto") and hasattr(element.proto, "DESCRIPTOR") else ""
    return text + (element.value.to_csv() if element.type == "dataframe" else "")


def fine(at: AppTest) -> AppTest:
    """Return the page after making sure that nothing on it failed."""
    assert [e.message for e in at.exception] == []
    return at
