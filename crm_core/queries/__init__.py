"""Questions to the warehouse: (warehouse, scope, **params) -> DataFrame, each beginning "One row per …"."""
from crm_core.queries import (
           at_risk,
           behind,
           briefing,
           contacts,
           guests,
           hotel,
           identity,
           interactions,
           kpis,
           leads,
           origins,
           retention,
           segments,
           stages,
           value,
)
from crm_core.queries.registry import QUERIES, run

__all__ = ["QUERIES", "at_risk", "behind", "briefing", "contacts", "guests", "hotel", "identity", "interactions", "kpis", "leads", "origins",
           "retention", "run", "segments", "stages", "value"]
