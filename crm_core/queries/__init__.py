"""Questions to the warehouse: (warehouse, scope, **params) -> DataFrame, each beginning "One row per …"."""
from crm_core.queries import behind, briefing, contacts, guests, hotel, identity, interactions, kpis, leads, origins, retention, stages
from crm_core.queries.registry import QUERIES, run

__all__ = ["QUERIES", "behind", "briefing", "contacts", "guests", "hotel", "identity", "interactions", "kpis", "leads", "origins",
           "retention", "run", "stages"]
