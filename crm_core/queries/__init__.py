"""Questions to the warehouse: (warehouse, scope, **params) -> DataFrame, each beginning "One row per …"."""
from crm_core.queries import (
           advocates,
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
           liability,
           loyalty,
           member_value,
           moves,
           origins,
           points,
           retention,
           segments,
           stages,
           tiers,
           value,
)
from crm_core.queries.registry import QUERIES, run

__all__ = ["QUERIES", "advocates", "at_risk", "behind", "briefing", "comparing", "contacts", "groups", "guests", "hotel", "identity", "interactions",
           "kpis", "leads", "liability", "loyalty", "member_value", "moves", "origins", "points", "retention", "run", "segments", "stages", "tiers",
           "value"]
