"""The audit row that every export leaves."""
from crm_core.records.registry import action
from crm_core.scope import Scope


@action("export", "export", "table", marks=False)
def exported(change, scope: Scope, *, id: str, rows: int, columns: tuple[str, ...]) -> None:
    """Leave an audit row that a table left the building: its name, its columns and how many rows."""
