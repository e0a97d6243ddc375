"""How a file is written is found out from the file: a first look at its beginning, then one reading of the whole."""
from pathlib import Path

from crm_core.ingest import opening, reading
from crm_core.ingest.written import EVIDENCE, Detected, Evidence, Form

__all__ = ["EVIDENCE", "Detected", "Evidence", "Form", "detect"]


def detect(path: str | Path, name: str, **corrections) -> Detected:
    """Return how a file is written, with the evidence; `corrections` are fields of Form that a person has fixed.

    Raises ImportProblem where the file cannot be opened or a correction cannot be.
    """
    form = Form.from_dict({"kind": opening.kind(path, name)} | corrections)
    with reading.table(path, name, form) as table:
        sample = [tuple(cells) for _, cells, _, _ in table.records if cells]
        return Detected(form, (), tuple(table.header), tuple(sample[:200]), len(sample))
