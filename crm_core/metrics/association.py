"""What a hotel shares with its association: how far standards are met, and who holds the certificates that the work asks for."""
from sqlalchemy import literal

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics.definition import Measure, Metric


def _item(value, when=lambda r: r.is_latest * r.is_scored == 1) -> Measure:
    """A measure of the items of each property's latest assessment of each standard, of those that leave out no more than a tenth."""
    return Measure(tables.assessed, None, value, when)


def _required(value, when=None) -> Measure:
    return Measure(tables.credentials, None, value, when)


METRICS = (
    Metric(
        "standards_score", "84", N_("Standards score"),
        N_("The weight of the items that are met (partly met: half) out of the weight of all that apply, in the latest complete assessment of each "
           "standard. An assessment that leaves more than a tenth of the weight unanswered has no score."),
        "share", "up", (_item(lambda r: r.earned),), (_item(lambda r: r.applicable),), source="audit practice",
        cases=_item(lambda r: literal(1), lambda r: (r.is_latest * r.is_scored == 1) & (r.applicable > 0)),
    ),
    Metric(
        "certificates_valid", "85", N_("Valid certificates"),
        N_("Certificates that the people on the staff must have for their department and that are valid today, out of all that they must have."),
        "share", "up", (_required(lambda r: r.is_valid),), (_required(lambda r: literal(1)),),
    ),
    Metric(
        "certificates_expiring_90d", "85a", N_("Expiring in 90 days"),
        N_("Certificates that people on the staff must have and that are valid today, but for less than 90 days more."),
        "count", "down", (_required(lambda r: r.is_expiring),),
    ),
)  # fmt: skip
