"""The fitted part of the scorer: from a sentence's vector to the probabilities of its tone and of what it speaks of. One matrix product."""
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHIPPED = Path(__file__).with_name("head.npz")
SCALE = 5.0


@dataclass(frozen=True)
class Head:
    """mean (384): of the seeds' vectors; tone (385 × 3: negative, neutral, positive) and aspect (385 × 11), the last row their constants."""

    mean: np.ndarray
    tone: np.ndarray
    aspect: np.ndarray
    seeds: str

    def tones(self, vectors: np.ndarray) -> np.ndarray:
        """Return (n × 3) probabilities of negative, neutral and positive."""
        return _softmax(self._inputs(vectors) @ self.tone)

    def aspects(self, vectors: np.ndarray) -> np.ndarray:
        """Return (n × 11) probabilities of the aspects, in the order of protocol.ASPECTS."""
        return _softmax(self._inputs(vectors) @ self.aspect)

    def _inputs(self, vectors: np.ndarray) -> np.ndarray:
        return np.column_stack((SCALE * (np.asarray(vectors, float) - self.mean), np.ones(len(vectors))))

    def digest(self) -> str:
        """Return a short hash of everything that an answer depends on."""
        parts = b"".join(np.ascontiguousarray(a, "<f4").tobytes() for a in (self.mean, self.tone, self.aspect))
        return hashlib.sha256(parts + self.seeds.encode()).hexdigest()[:12]


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def load(path: Path = SHIPPED) -> Head:
    """Return a head from its file. Raises FileNotFoundError where there is none, ValueError for a file of another kind."""
    with np.load(path, allow_pickle=False) as kept:
        return Head(*(kept[name] for name in ("mean", "tone", "aspect")), str(kept["seeds"]))


def save(head: Head, path: Path) -> None:
    """Write a head to a file, the same bytes for the same head."""
    small = {name: getattr(head, name).astype("<f4") for name in ("mean", "tone", "aspect")}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez(file, **small, seeds=np.array(head.seeds))
