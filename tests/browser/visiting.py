"""A server of one's own and visits to it by a real browser that may reach nothing else."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--enable-unsafe-swiftshader"]
PATHS = ("/", "/guests", "/figure", "/origins", "/glossary", "/settings", "/guest?guest={guest}")


def found() -> str | None:
    """Return the path of a Chromium or Chrome, None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def command(home: Path, *words: str) -> str:
    """Run python -m crm_core over the stores in a folder and return what it prints."""
    whole = [sys.executable, "-m", "crm_core", *words]
    return subprocess.run(whole, cwd=ROOT, env=_environment(home), check=True, capture_output=True, text=True).stdout


def regular(home: Path) -> int:
    """Return the id of the demo guest with most stays."""
    return json.loads(command(home, "query", "guest_list", "--param", "sort=stays", "--param", "limit=1", "--format", "json"))[0][
        "guest_id"
    ]


def _environment(home: Path) -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith(("CRM_", "PYTEST"))}, "CRM_HOME": str(home), "CRM_READ": "0"}


@dataclass
class Server:
    """A Streamlit process over the stores in a folder."""

    home: Path
    process: subprocess.Popen
    url: str

    @classmethod
    def start(cls, home: Path) -> "Server":
        """Start a process of its own and return it once it is healthy; nobody has asked it for a page yet."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        process = subprocess.Popen(words, cwd=ROOT, env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = cls(home, process, f"http://127.0.0.1:{port}")
        server._wait()
        return server

    def _wait(self) -> None:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.25)
        raise TimeoutError(f"{self.url} did not become healthy")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@dataclass
class Visitor:
    """A browser context with its page, and what it asked of others, complained of and was asked by."""

    server: Server
    context: BrowserContext
    page: Page
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, browser: Browser, server: Server, **options) -> "Visitor":
        """Open a context whose network ends at the server."""
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, "locale": "en-GB"} | options)
        visitor = cls(server, context, context.new_page())
        context.route("**/*", visitor._let_through)
        visitor.page.on("websocket", lambda socket: visitor._note(socket.url.replace("ws://", "http://")))
        visitor.page.on("console", lambda said: visitor.complaints.append(said.text) if said.type == "error" else None)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitor.page.on("dialog", visitor._dismiss)
        return visitor

    def _let_through(self, route) -> None:
        self._note(route.request.url)
        route.continue_() if self._is_own(route.request.url) else route.abort()

    def _note(self, url: str) -> None:
        if not self._is_own(url):
            self.outside.append(url)

    def _is_own(self, url: str) -> bool:
        return url.startswith((self.server.url + "/", "data:", "blob:"))

    def _dismiss(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, path: str = "/") -> Page:
        """Open a path and return the page once it is drawn."""
        self.page.goto(self.server.url + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has ended and nothing is a skeleton any more."""
        self.page.wait_for_selector('[data-testid="stApp"][data-test-connection-state="CONNECTED"]', timeout=30_000)
        for _ in range(2):
            self.page.wait_for_timeout(250)
            self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)
        return self.page

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def choose(self, key: str, option: str) -> Page:
        """Choose an option of the choice with this key."""
        button = self.page.locator(f".st-key-{key} button")
        button.scroll_into_view_if_needed()
        self.page.wait_for_timeout(500)  # a list that opens while the page still scrolls closes again
        button.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        return self.settle()

    def chosen(self, key: str) -> str:
        """Return what the choice with this key shows."""
        return self.page.locator(f".st-key-{key} input").input_value()

    def button(self, key: str):
        """Return the button with this key."""
        return self.page.locator(f".st-key-{key} button").first

    def faults(self) -> list[str]:
        """Return the console's complaints; Streamlit itself looks for its parts below a page's path first and finds them missing."""
        return [said for said in self.complaints if not ("404" in said and "Failed to load resource" in said)]
