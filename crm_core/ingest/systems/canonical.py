"""Our own files: a source for each target, whose columns are the target's own and all that other languages call them."""
from crm_core.ingest.systems.source import Source
from crm_core.ingest.targets import TARGETS

COLUMNS: dict[str, tuple[str, ...]] = {name: target.names for name, target in TARGETS.items()}
SOURCES = tuple(Source(name, target.title, name, system="bookings" if name == "guests" else "") for name, target in TARGETS.items())
