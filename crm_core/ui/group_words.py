"""The names of the groups that guests fall into, and the colour of their badges."""
from crm_core.i18n import N_

# RFM group: name, and colour of the badge.
RFM = {
    "champion": (N_("Champion"), "green"), "loyal": (N_("Loyal"), "blue"), "promising": (N_("Promising"), "violet"), "recent": (N_("Recent"), "gray"),
    "cooling": (N_("Cooling"), "yellow"), "at_risk": (N_("At risk"), "orange"), "lost": (N_("Lost guest"), "red"),
}  # fmt: skip
