"""A head fitted to a hotel's own labels is kept only where it tells labels better that it had not seen."""
import numpy as np
import pytest

from crm_core.sentiment import e5, head, own, training
from crm_core.sentiment.protocol import ASPECTS

SEEDS = [training.Seed(f"{label} {i}", label, ASPECTS[i % len(ASPECTS)], "en") for label in training.TONES for i in range(11)]


def place(axis: int) -> np.ndarray:
    return np.eye(384)[axis]


def seeds() -> np.ndarray:
    """The seeds' vectors: each tone along an axis of its own."""
    return np.array([place(training.TONES[s.label]) for s in SEEDS])


HOUSE = (place(2) + place(9)) / np.sqrt(2)  # praise to the seeds, with something of this house's own in it


def labels(tone: str, n: int = 100) -> list[tuple[str, str, str]]:
    return [(f"text {i}", "en", tone) for i in range(n)]


def test_labels_that_go_another_way_than_the_seeds_are_learned():
    """A hundred texts that the seeds take for praise are blame to this house."""
    vectors = np.concatenate((seeds(), [HOUSE] * 100))
    assert own.crosschecked(SEEDS, labels("negative"), vectors) == (0, 100)


def test_a_text_is_not_judged_by_a_fit_that_saw_it():
    """Labels without any rule, each text along an axis of its own: who had seen it would be right."""
    mixed = [(text, lang, ("negative", "neutral", "positive")[i % 3]) for i, (text, lang, _) in enumerate(labels("positive", 90))]
    vectors = np.concatenate((seeds(), [place(10 + i) for i in range(90)]))
    before, after = own.crosschecked(SEEDS, mixed, vectors)
    assert max(before, after) <= 45


def test_a_head_that_is_no_better_is_not_written(monkeypatch, tmp_path):
    monkeypatch.setattr(training, "seeds", lambda: SEEDS)
    monkeypatch.setattr(e5, "embedded", lambda texts: np.array([HOUSE if "text" in one else place(training.TONES[one.split()[0]]) for one in texts]))
    assert own.fit(labels("positive"), tmp_path / "own.npz") == own.Fitted(100, 100, 100, kept=False)
    assert not (tmp_path / "own.npz").exists()
    assert own.fit(labels("negative"), tmp_path / "own.npz") == own.Fitted(100, 0, 100, kept=True)
    assert head.load(tmp_path / "own.npz").seeds.endswith("+100")


def test_too_few_labels_are_refused(tmp_path):
    with pytest.raises(ValueError, match="100 are needed"):
        own.fit(labels("positive", 99), tmp_path / "own.npz")
