"""A report is printed as PDF by a Chromium of this machine, where there is one; it is shown one file and reaches no network."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from crm_core.i18n import N_
from crm_core.settings import system_environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PATIENCE = 120  # seconds
FLAGS = ("--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--metrics-recording-only",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--no-pdf-header-footer")


class NotPrinted(RuntimeError):
    """There is no PDF; the text says why and what to do."""


def browser() -> str | None:
    """Return the path of a Chromium of this machine, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def print_pdf(html: Path, pdf: Path) -> None:
    """Print a file as PDF, whole or not at all. Raises NotPrinted where no browser is found, or it fails or takes too long."""
    found = browser()
    if found is None:
        raise NotPrinted(N_("No Chromium was found here: the HTML file prints as PDF from any browser."))
    with tempfile.TemporaryDirectory(prefix="innsight-print-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "report.pdf"
        _run([found, *FLAGS, *_unboxed(), f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", html.resolve().as_uri()])
        if not made.exists() or not made.read_bytes().startswith(b"%PDF"):
            raise NotPrinted(N_("Chromium printed nothing: the HTML file prints as PDF from any browser."))
        beside = pdf.with_name(f".{pdf.name}.part")
        shutil.copyfile(made, beside)
        beside.replace(pdf)


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, env=system_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=True)
    except subprocess.TimeoutExpired as problem:
        raise NotPrinted(N_("Chromium took too long: the HTML file prints as PDF from any browser.")) from problem
    except (subprocess.CalledProcessError, OSError) as problem:
        raise NotPrinted(N_("Chromium could not print: the HTML file prints as PDF from any browser.")) from problem


def _unboxed() -> tuple[str, ...]:
    """As the system's administrator Chromium does not start in its own sandbox; what it is shown has no script and no address."""
    return ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
