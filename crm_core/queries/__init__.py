"""Questions to the warehouse: (warehouse, scope, **params) -> DataFrame, each beginning "One row per …"."""
from crm_core.queries import behind, briefing, guests, hotel, identity, kpis, origins
from crm_core.queries.registry import QUERIES, run

__all__ = ["QUERIES", "behind", "briefing", "guests", "hotel", "identity", "kpis", "origins", "run"]
