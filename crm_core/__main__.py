"""Innsight from the command line: python -m crm_core <command>; without one, it lists them all."""

import argparse
import sys
from collections.abc import Callable, Sequence

from crm_core import i18n, settings
from crm_core.commands import (
    background,
    demo,
    feedback,
    figures,
    files,
    lift,
    matching,
    outreach,
    reports,
    sentiment,
    serve,
    stores,
    surveys,
)
from crm_core.commands.terminal import Problem
from crm_core.store import warehouse

DOMAINS = (demo, files, stores, figures, matching, lift, outreach, feedback, sentiment, surveys, reports, serve, background)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused with a message, 2 a word that does not fit."""
    asked = parser().parse_args(arguments)
    i18n.use(asked.lang)
    try:
        return asked.run(asked) or 0
    except (Problem, settings.SettingsProblem, warehouse.NoWarehouse, KeyError, *_refusals()) as problem:
        print(problem.args[0] if isinstance(problem, KeyError) else problem, file=sys.stderr)
        return 1


def _refusals() -> tuple[type[Exception], ...]:
    from crm_core.ingest.demo import NotEmpty
    from crm_core.ingest.problems import ImportProblem
    from crm_core.records.registry import Refused

    return ImportProblem, NotEmpty, Refused


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; a command's function returns its exit code, or None for 0."""
    whole = argparse.ArgumentParser("python -m crm_core", description=__doc__)
    whole.add_argument("--lang", default="en", choices=list(i18n.LANGUAGES), help="language of messages")
    commands = whole.add_subparsers(required=True, metavar="command")

    def command(
        name: str, run: Callable, help: str, store: str | None = "the hotel's once it has data, then the demo's"
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help)
        one.set_defaults(run=run)
        if store:
            one.add_argument("--store", choices=settings.STORES, default=None, help=f"which store (default: CRM_STORE, else {store})")
        return one

    for domain in DOMAINS:
        domain.add(command)
    return whole


if __name__ == "__main__":
    sys.exit(main())
