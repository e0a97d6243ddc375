"""CPU of a cached rerun of each page, after the garbage collector's freeze that app.py does at its start."""
import gc
import json
import os
import sys

from benchmarks import measured, stores

TARGET, HEAVIEST = 40, 80
PAGES = ("briefing", "guests", "figure", "origins", "glossary", "settings", "guest")
RERUNS = 15


def measure(size: str) -> dict:
    """Return milliseconds of wall and CPU of each page's reruns. AppTest's own reading back of the elements is part of them."""
    os.environ["CRM_HOME"] = str(stores.at(size).home)
    from streamlit.testing.v1 import AppTest
    app = AppTest.from_file(str(measured.HERE.parent / "crm_core/ui/shell.py"), default_timeout=300)
    app.query_params["guest"] = "1"
    found = {}
    for page in PAGES:
        app = app.run() if page == PAGES[0] else app.switch_page(f"../../pages/{page}.py").run()
        if app.exception:
            raise SystemExit(f"{page}: {app.exception[0].message}")
        app.run()
        gc.collect()
        gc.freeze()
        found[page] = [tuple(1000 * s for s in measured.timed(app.run)) for _ in range(RERUNS)]
    return found


def report(size: str) -> None:
    """Measure in a process of its own and write the section."""
    cost = measured.child(__file__, size, "--step")
    rows, cpus = [], []
    for page, runs in cost.said.items():
        walls, cpu = zip(*runs, strict=True)
        cpus.append(measured.median(cpu))
        rows.append((page, f"{measured.median(cpu):.0f}", f"{measured.percentile(cpu, 0.95):.0f}", f"{measured.median(walls):.0f}"))
    met = "met" if sorted(cpus)[-2] <= TARGET and max(cpus) <= HEAVIEST else "MISSED"
    measured.write(f"Rerun {size}", f"Target {TARGET} ms CPU, heaviest page {HEAVIEST} ms: {met}.\n\n"
                   + measured.table(("page", "CPU ms median", "CPU ms p95", "wall ms median"), rows))


if __name__ == "__main__":
    one = next((a for a in sys.argv[1:] if a in stores.SHAPES), "demo")
    print(json.dumps(measure(one))) if "--step" in sys.argv else report(one)
