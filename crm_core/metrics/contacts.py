"""Contacts as they stand at the as-of date: counted over profiles and guests, whatever the period; who was erased is out."""

from sqlalchemy import literal, or_

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics.definition import Measure, Metric

ADDRESSED = ("valid", "invalid", "relay", "bounced")


def _profiles(when=None, **options) -> Measure:
    return Measure(tables.profiles, None, options.pop("value", lambda r: literal(1)), when or (lambda r: r.profile_id.is_not(None)), **options)


def _guests(when=None) -> Measure:
    """Distinct guests with a profile, of those inside the scope, that fulfils the condition."""
    return Measure(tables.profiles, None, lambda r: r.guest_id, when or (lambda r: r.guest_id.is_not(None)), people=True)


profiles = _profiles()
surplus = _profiles(value=lambda r: r.is_repeat, order=True)
valid_email = _profiles(lambda r: r.email_state == "valid")
addressed = _profiles(lambda r: r.email_state.in_(ADDRESSED))
alias = _profiles(lambda r: r.email_state == "relay")
guests = _guests()
with_email = _guests(lambda r: r.email_state == "valid")
reachable = _guests(lambda r: (r.email_state == "valid") & (r.email_word == "given"))
filled = (
    _guests(lambda r: r.name_state == "valid"), _guests(lambda r: r.country.is_not(None)), _guests(lambda r: r.language.is_not(None)),
    _guests(lambda r: or_(r.email_state == "valid", r.phone_state == "valid")), _guests(lambda r: r.email_word != ""),
)

METRICS = (
    Metric(
        "duplicate_rate", "55", N_("Duplicate rate"),
        N_("Profiles beyond the first of each guest, out of all profiles, with records joined as they are today. Joining fewer or more "
           "of them gives the band beside it."),
        "share", "down", (surplus,), (profiles,), source="own; dailypoint figure",
    ),
    Metric(
        "completeness", "56", N_("Completeness"),
        N_("Of five fields (name, country, language, an e-mail address or phone that works, a word on marketing consent), the part that "
           "is filled in and valid, over all guests."),
        "share", "up", filled, (guests,) * len(filled), source="data-quality practice",
    ),
    Metric(
        "valid_email_rate", "57", N_("Valid e-mail"),
        N_("Profiles with a well-formed address of the guest's own that has not bounced, out of all profiles. Placeholders and addresses "
           "of travel sites do not count."),
        "share", "up", (valid_email,), (profiles,),
    ),
    Metric(
        "ota_alias_share", "57a", N_("Travel-site e-mail"),
        N_("Profiles whose only address is one that a travel site made up for the booking, out of all profiles with an address."),
        "share", "down", (alias,), (addressed,), source="OTA relay documentation",
    ),
    Metric(
        "consent_rate", "58", N_("E-mail consent"),
        N_("Guests whose last word on marketing by e-mail is yes, out of all guests with a valid address of their own."),
        "share", "up", (reachable,), (with_email,), source="GDPR Art. 7",
    ),
    Metric(
        "reachable_share", "52", N_("Reachable"),
        N_("Guests with a valid address of their own that has not bounced, and whose last word on marketing by e-mail is yes, out of all "
           "guests."),
        "share", "up", (reachable,), (guests,),
    ),
)
