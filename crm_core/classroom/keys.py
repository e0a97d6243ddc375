"""The right answers of lessons, read from the truth that was sealed when the demo was made."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from crm_core.association.lessons import Lesson, key_of
from crm_core.ingest.demo import truth
from crm_core.settings import Settings

TRUTH = "truth-demo.csv"  # beside the stores


def keys(settings: Settings, lessons: Sequence[Lesson]) -> dict[str, dict[str, float | str]]:
    """Return lesson's code → question's key → right answer, without the questions whose truth is not sealed here."""
    known = sealed(settings)
    found = {lesson.code: {question.key: key_of(question, known.get(lesson.truth)) for question in lesson.quiz} for lesson in lessons}
    return {code: {key: right for key, right in of.items() if right is not None} for code, of in found.items()}


def sealed(settings: Settings) -> Mapping[str, Mapping[str, float]]:
    """Return the sealed values ("true", "naive") by the truth's id; nothing where the demo left no truth."""
    path = settings.home / TRUTH
    return _sealed(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=4)
def _sealed(path: Path, _written: int) -> dict[str, dict[str, float]]:
    return {id: {"true": one.true, "naive": one.naive} for id, one in truth.lessons(path).items()}
