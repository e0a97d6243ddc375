"""Words for the hotel's events: their kinds, whom they are for, and what became of a registration."""
from crm_core.i18n import N_

KINDS = {"social": N_("Meeting neighbours"), "member_evening": N_("Members' evening"), "culture": N_("Culture"), "food": N_("Food and drink"),
         "sport": N_("Sport"), "family": N_("For families"), "business": N_("Business"), "other": N_("Other event")}  # fmt: skip
AUDIENCES = {"everyone": N_("Everyone"), "guests": N_("Guests of the house"), "members": N_("Members")}
STATUSES = {"registered": N_("Registered"), "attended": N_("Came"), "cancelled": N_("Cancelled"), "no_show": N_("Did not come")}
STATES = {"coming": N_("Coming"), "over": N_("Over"), "cancelled": N_("Called off")}
