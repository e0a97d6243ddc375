"""What is known of one kind of file: its headers, its words, and how its cells become ours."""
from collections.abc import Callable
from dataclasses import dataclass, field

from crm_core.ingest.chunk import Chunk
from crm_core.ingest.written import Form


@dataclass(frozen=True)
class Source:
    """A kind of file and the target that its rows are for.

    `columns` has the headers of each canonical column, the best first, beyond the target's aliases (a `closed` source has no others).
    `constants` are columns with one value for all rows, `words` the system's own words for ours by folded spelling.
    `signature` are headers by which the file is recognised: all of them, or `enough` of them, in a file of at most `narrow` columns.
    `marks` are cells that only this system writes, by which a file with headers in another language is recognised.
    `derives` are canonical columns that `prepare` makes, `reads` the headers beside those of `columns` that it makes them of.
    `system` is under which name the numbers of its rows are kept, where several lists of one system share them.
    `notes` are keys of sources.NOTES: what a person should know of this export. `confirm`: its headers were never seen in a real file.
    `site`: a travel site's own list, whose word gives way to the property system's.
    `fold` says what several rows of one booking are: "last" counts, "rooms" are added up, "amendments" are states one after another.
    """

    name: str
    title: str
    target: str
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    prepare: Callable[[Chunk, Form], None] | None = None
    fold: str = "last"
    signature: tuple[str, ...] = ()
    enough: int = 0
    narrow: int = 0
    marks: tuple[str, ...] = ()
    derives: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    system: str = ""
    notes: tuple[str, ...] = ()
    closed: bool = False
    confirm: bool = False
    site: bool = False

    @property
    def origin(self) -> str:
        """Return under which name the numbers of its rows are kept: one guest has the same number in all lists of a system."""
        return self.system or self.name
