"""Everybody can read the pages: no rule of accessibility is broken, a phone needs no sideways scroll. README's pictures are made here."""

import os
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.visiting import PATHS, ROOT, Server, command, regular

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# Streamlit draws the sparkline of a metric as an image without a name; there is no setting for one. Its value stands beside it as text.
STREAMLITS_OWN = {"svg-img-alt": "stMetric"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken_by_us(arrive, server, guest, path, scheme):
    page = arrive(server, color_scheme=scheme, bypass_csp=True).open(path.format(guest=guest))
    page.wait_for_timeout(300)
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    ours = [
        (rule["id"], node["html"][:200], node["failureSummary"][:300])
        for rule in found
        for node in rule["nodes"]
        if not _streamlits_own(rule, node, page)
    ]
    assert ours == []


def _streamlits_own(rule: dict, node: dict, page) -> bool:
    part = STREAMLITS_OWN.get(rule["id"])
    return bool(part) and page.locator(node["target"][-1]).first.evaluate("(e, part) => !!e.closest(`[data-testid=${part}]`)", part)


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_needs_no_sideways_scroll(arrive, server, guest, path):
    page = arrive(server, viewport={"width": 390, "height": 844}).open(path.format(guest=guest))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_takes_the_theme_of_the_system(arrive, server, scheme):
    page = arrive(server, color_scheme=scheme).open("/")
    shown = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert shown == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 20, 23)"}[scheme]


@pytest.mark.skipif("INNSIGHT_SHOTS" not in os.environ, reason="make shots makes the README's pictures")
def test_the_pictures_of_the_readme(arrive, browser, tmp_path):
    command(tmp_path, "demo")
    started = Server.start(tmp_path)
    try:
        (ROOT / "docs").mkdir(exist_ok=True)
        visitor = arrive(started)
        guest = regular(tmp_path)
        for name, path in (("briefing", "/"), ("guest", f"/guest?guest={guest}")):
            visitor.open(path).wait_for_timeout(1500)
            visitor.page.screenshot(path=ROOT / f"docs/{name}.png")
    finally:
        started.stop()
