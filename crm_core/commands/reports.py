"""Reports from the command line: list them, and make one now."""
from collections.abc import Callable
from pathlib import Path

from crm_core import settings
from crm_core.commands.terminal import Problem


def add(command: Callable) -> None:
    """Add report to the parser."""
    report = command("report", run_report, "make a report of a board now")
    report.add_argument("report", nargs="?", help="a report's number or name; without it, all of them")
    report.add_argument("--out", type=Path, help="a folder (default: reports/ in the store's home)")


def run_report(asked) -> None:
    """Make a report and print where it lies and its hash; without a name, list the reports with their rhythm and latest run."""
    from crm_core.records.reports import reports
    from crm_core.reports.filing import print_report
    from crm_core.reports.making import house

    here = settings.read(asked.store)
    there = house(here)
    known = reports(there.store, there.scope)
    if asked.report is None:
        print("\n".join(map(_line, known)) or "There are no reports yet: plan one on the page Boards.")
        return
    filed = print_report(here, there, _named(known, asked.report), there.scope.as_of, asked.out)
    print("\n".join(map(str, filed.files)))
    print(f"Hash {filed.hash}" + (f"\n{filed.missing}" if filed.missing else ""))


def _named(known: list[dict], wanted: str) -> dict:
    found = next((row for row in known if wanted == str(row["id"]) or wanted.casefold() == row["name"].casefold()), None)
    if found is None:
        raise Problem(f"There is no report {wanted!r}. Known: {', '.join(row['name'] for row in known) or 'none'}.")
    return found


def _line(row: dict) -> str:
    last = f"{row['last']['state']} for {row['last']['for_on']}" if row["last"] else "never made"
    return f"{row['id']:>4}  {row['name']:30} {row['rhythm']:8} {row['board']:30} {last}"
