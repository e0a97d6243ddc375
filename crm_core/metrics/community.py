"""Events of the house: who came of those who registered, the nights that go with coming, and who speaks for the house."""
from sqlalchemy import literal

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics.definition import Measure, Metric

THOUSAND = 1_000  # nights are counted in thousandths: those of matched others are a mean


def _registered(value, **options) -> Measure:
    """A measure of registrations that stood a day before the event, by its first day."""
    return Measure(tables.attendances, "event_on", value, lambda r: r.is_registered == 1, **options)


def _came(value, **options) -> Measure:
    """A measure of guests who came and of whom there are others alike, each once for an event."""
    return Measure(tables.attendances, "event_on", value, lambda r: (r.is_attended == 1) & (r.is_known == 1) & r.halo_milli.is_not(None), **options)


METRICS = (
    Metric(
        "event_show_rate", "81", N_("Show rate"),
        N_("Registrations of guests who came, out of all for events of the period. Who cancelled a day before or earlier is out; an event that "
           "was cancelled, too."),
        "share", "up", (_registered(lambda r: r.is_attended),), (_registered(lambda r: literal(1)),), "wilson", 30, source="common practice",
    ),
    Metric(
        "event_halo_nights", "82", N_("Nights around events"),
        N_("Sold nights within a day of an event by guests who came, less the mean of guests of the same country with as many stays before who "
           "were not registered, added up. Who plans to stay also comes: it is a difference, not proof of an effect."),
        "nights", "up", (_came(lambda r: r.halo_milli),), (), "total", 30, cases=_came(lambda r: literal(1)), scale=THOUSAND,
    ),
    Metric(
        "advocates", "83", N_("Advocates"),
        N_("Guests whose last answer to the recommendation question, within two years, is nine or ten, and who brought a guest that stayed or "
           "gave 80 of 100 or more in a public review."),
        "count", "up", (Measure(tables.advocates, None, lambda r: r.guest_id, lambda r: r.guest_id.is_not(None), people=True),),
    ),
)  # fmt: skip
