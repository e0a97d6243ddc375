"""Each KPI once: its formula over the marts, its unit, direction, uncertainty and words. CATALOGUE holds them all."""
from crm_core.metrics import (
    association,
    campaigns,
    community,
    contacts,
    feedback,
    guests,
    leads,
    loyalty,
    retention,
    revenue,
    service,
    stays,
    value,
)
from crm_core.metrics.definition import Measure, Metric

CATALOGUE: dict[str, Metric] = {m.key: m for m in (
    *revenue.METRICS, *stays.METRICS, *guests.METRICS, *retention.METRICS, *value.METRICS, *leads.METRICS, *contacts.METRICS,
    *loyalty.METRICS, *feedback.METRICS, *service.METRICS, *campaigns.METRICS, *community.METRICS, *association.METRICS)}


def metric(key: str) -> Metric:
    """Return a KPI by its key. Raises KeyError with the keys that exist."""
    try:
        return CATALOGUE[key]
    except KeyError:
        raise KeyError(f"There is no KPI {key!r}. Known: {', '.join(sorted(CATALOGUE))}.") from None


__all__ = ["CATALOGUE", "Measure", "Metric", "metric"]
