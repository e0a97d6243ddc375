"""Keeps the catalogues in step with the code: extract messages, update each language, say what is untranslated."""

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from crm_core.i18n import CATALOGUES, LANGUAGES, SOURCE

ROOT = CATALOGUES.parents[1]
MARKED = {"t": 1, "N_": 1, "tn": 2}  # how many of a call's first arguments are message texts
TRANSLATED = [code for code in LANGUAGES if code != SOURCE]
WRITTEN_AT = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)  # fixed, so that a file changes only when a message does


def template() -> Catalog:
    """Every message found in the code now, with the files that use it."""
    catalog = _empty(None)
    for path in _sources():
        for message in _messages(ast.parse(path.read_text(encoding="utf-8"))):
            catalog.add(message, None, [(path.relative_to(ROOT).as_posix(), None)])
    return catalog


def _messages(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """Every literal in a marked call. Read off the syntax tree: Babel's own reader misses calls inside f-strings before Python 3.12."""
    for node in ast.walk(tree):
        count = MARKED.get(node.func.id, 0) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else 0
        texts = [a.value for a in node.args[:count] if isinstance(a, ast.Constant) and isinstance(a.value, str)] if count else []
        if count and len(texts) == count:
            yield texts[0] if count == 1 else (texts[0], texts[1])


def update() -> None:
    """Writes messages.pot and brings each catalogue up to it: translations stay, messages no longer used go."""
    found = template()
    _write(found, CATALOGUES / "messages.pot")
    for code in TRANSLATED:
        catalog = read(code)
        catalog.update(found, no_fuzzy_matching=True)
        _write(catalog, CATALOGUES / f"{code}.po")


def untranslated(code: str, found: Catalog | None = None) -> list[str]:
    """The messages in the code (or in `found`) that the language has no complete translation for."""
    catalog = read(code)
    wanted = template() if found is None else found
    return [_source(message) for message in wanted if message.id and not _is_complete(catalog.get(message.id))]


def read(code: str) -> Catalog:
    """The committed catalogue of a language; an empty one with its plural rule if there is none yet."""
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return _empty(code)
    with path.open("rb") as file:
        catalog = read_po(file, locale=code)
    catalog.revision_date = WRITTEN_AT
    return catalog


def _sources() -> list[Path]:
    return sorted([*ROOT.glob("app.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("crm_core/**/*.py")])


def _empty(code: str | None) -> Catalog:
    about = f"# Innsight, {LANGUAGES[code] if code else 'messages to translate'}. Written by python -m crm_core.i18n extract."
    us = "Innsight contributors"
    return Catalog(code, project="Innsight", version="1", fuzzy=False, header_comment=about, charset="utf-8",
                   last_translator=us, language_team=us, msgid_bugs_address="the issue tracker of Innsight",
                   creation_date=WRITTEN_AT, revision_date=WRITTEN_AT)


def _write(catalog: Catalog, path: Path) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, width=0, sort_output=True, ignore_obsolete=True, include_lineno=False)


def _source(message: Message) -> str:
    return message.id[0] if message.pluralizable else message.id


def _is_complete(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if message.pluralizable else bool(message.string)
