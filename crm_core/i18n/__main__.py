"""python -m crm_core.i18n {extract,missing}: bring the catalogues up to the code, or count what they lack."""

import argparse
import sys

from crm_core.i18n import catalogues


def missing() -> int:
    """Prints the untranslated count of each language; 1 if there is any, else 0."""
    found = catalogues.template()
    counts = {code: len(catalogues.untranslated(code, found)) for code in catalogues.TRANSLATED}
    for code, count in counts.items():
        print(f"{code}: {count} of {len(found)} untranslated")
    return int(any(counts.values()))


def extract() -> int:
    """Rewrites messages.pot and the catalogues; always 0."""
    catalogues.update()
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m crm_core.i18n", description=__doc__)
    parser.add_argument("action", choices=["extract", "missing"])
    sys.exit({"extract": extract, "missing": missing}[parser.parse_args().action]())
