"""What cases come from: the root causes to choose from, and which few of them most cases come from (Pareto)."""
from collections.abc import Mapping
from dataclasses import dataclass

CAUSES = ("staff_mistake", "too_few_staff", "training", "broken", "worn_out", "building", "supplier", "system", "wrong_information", "booking",
          "other_guests", "weather", "expectation", "other")
FEW = 0.8  # the share that the vital few make up (Juran)


@dataclass(frozen=True)
class Part:
    """A cause with its cases, their share, the share of it and all before it, and whether it is one of the vital few."""

    cause: str
    cases: int
    share: float
    up_to: float
    is_vital: bool


def pareto(counts: Mapping[str, int]) -> list[Part]:
    """Return the causes by their cases, most first; vital are those that it takes, from the top, to come to four fifths of all."""
    total, seen, found = sum(counts.values()), 0, []
    for cause, cases in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if cases > 0:
            found.append(Part(cause, cases, cases / total, (seen + cases) / total, seen < FEW * total))
            seen += cases
    return found
