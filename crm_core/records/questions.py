"""The audit row that every question in SQL leaves."""
from crm_core.records.registry import action
from crm_core.scope import Scope


@action("sql", "sql", "question", marks=False)
def asked_in_sql(change, scope: Scope, *, id: str, rows: int, answered: int) -> None:
    """Leave an audit row that a question in SQL was asked: by its hash and never by its words, how many rows came back, and whether any answer did."""
