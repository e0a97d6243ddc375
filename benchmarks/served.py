"""CPU of a cached rerun of each page, served to a real Chromium: a filter is moved back and forth between two values."""

import os
import shutil
import subprocess
import sys
import time

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks import stores

PATHS = ("/", "/guests", "/figure", "/origins")
PORT, MOVES, PAUSE = 8611, 10, 1300
COMPARISONS = ("Against days before", "Against last year")


def main(size: str = "demo") -> None:
    """Print the server's CPU milliseconds for one move of a filter, page by page."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT)]
    server = subprocess.Popen(command, env={**os.environ, "CRM_HOME": str(stores.at(size).home), "CRM_STORE": "demo"}, stdout=subprocess.DEVNULL)
    try:
        time.sleep(8)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--enable-unsafe-swiftshader"])
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            for path in PATHS:
                print(f"{path:10} {_rerun(page, path, psutil.Process(server.pid)):6.1f} ms CPU per rerun")
    finally:
        server.terminate()


def _rerun(page: Page, path: str, server: psutil.Process) -> float:
    page.goto(f"http://127.0.0.1:{PORT}{path}")
    page.wait_for_timeout(5000)
    for name in COMPARISONS:  # both answers are cached before the count begins
        _move(page, name)
    before = _cpu(server)
    for number in range(MOVES):
        _move(page, COMPARISONS[number % 2])
    return (_cpu(server) - before) / MOVES


def _move(page: Page, name: str) -> None:
    page.locator("[data-testid=stSelectbox]").nth(1).click()
    page.get_by_role("option", name=name).click()
    page.wait_for_timeout(PAUSE)


def _cpu(server: psutil.Process) -> float:
    used = server.cpu_times()
    return (used.user + used.system) * 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
