"""The rules of a journey as they are being edited: everything may be wrong for a while, and is read as rules on demand."""
import json
from dataclasses import dataclass, field

from crm_core.outreach.journeys import Journey


@dataclass
class Line:
    """A message of the draft with a number of its own; `rule` as JSON text says for whom, "" for all."""

    number: int
    wait: int
    message: str
    rule: str = ""


@dataclass
class Draft:
    """The rules under construction; `form` tells its fields apart from those of a draft before, `version` is the journey's when it was read."""

    form: str
    version: int
    on: str
    days: int
    lines: list[Line]
    exit: list[str] = field(default_factory=list)
    cap: tuple[int, int] | None = None
    held: float = 0.0  # per cent
    purpose: str = "marketing"
    channel: str = "email"
    once_days: int | None = None
    last: int = 0

    def add(self) -> None:
        """Put a message at the end, a week after the one before it."""
        self.last += 1
        self.lines.append(Line(self.last, 7 if self.lines else 0, ""))

    def remove(self, number: int) -> None:
        """Take a message out."""
        self.lines = [line for line in self.lines if line.number != number]

    def said(self) -> dict:
        """Return the draft as journeys.parse() reads it, right or wrong."""
        steps = [{"wait": line.wait, "message": line.message} | ({"if": json.loads(line.rule)} if line.rule else {}) for line in self.lines]
        return {"trigger": {"on": self.on, "days": self.days}, "steps": steps, "exit": list(self.exit),
                "cap": {"messages": self.cap[0], "days": self.cap[1]} if self.cap else None, "holdout_bp": round(self.held * 100), "purpose": self.purpose,
                "channel": self.channel, "once_per": "stay" if self.once_days is None else {"days": self.once_days}}  # fmt: skip


def draft_of(one: Journey, form: str = "", version: int = 0) -> Draft:
    """Return a draft that says what a journey says."""
    lines = [Line(number, step.wait, step.message, step.rule) for number, step in enumerate(one.steps, 1)]
    return Draft(form, version, one.on, one.days, lines, list(one.exit), one.cap, one.holdout_bp / 100, one.purpose, one.channel, one.once_days, len(lines))

