"""Takes what a page's first run has loaded out of the garbage collector's walks."""

import gc

_settled: set[tuple[str, str]] = set()


def settle(page: str, language: str) -> None:
    """Freeze what is in memory after the first run of a page in a language: modules, words, shapes, first answers.

    Streamlit collects garbage after every run; what was loaded after start-up would be walked each time. A few pages, so a few times.
    """
    if (page, language) not in _settled:
        _settled.add((page, language))
        gc.collect()
        gc.freeze()
