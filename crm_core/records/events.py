"""What the timeline of a guest is made of."""
import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """A row of the timeline in words; `tone` is set only where it asks for action. Names and texts of guests stay plain text."""

    on: dt.date
    kind: str
    icon: str
    head: str
    detail: str = ""
    tone: str | None = None
    until: dt.date | None = None
