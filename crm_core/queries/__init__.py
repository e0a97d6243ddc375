"""Questions to the warehouse: (warehouse, scope, **params) -> DataFrame, each beginning "One row per …"."""
from crm_core.queries import (
           at_risk,
           behind,
           briefing,
           comparing,
           contacts,
           groups,
           guests,
           hotel,
           identity,
           interactions,
           kpis,
           leads,
           moves,
           origins,
           retention,
           segments,
           stages,
           value,
)
from crm_core.queries.registry import QUERIES, run

__all__ = ["QUERIES", "at_risk", "behind", "briefing", "comparing", "contacts", "groups", "guests", "hotel", "identity", "interactions", "kpis", "leads",
           "moves", "origins", "retention", "run", "segments", "stages", "value"]
