"""How long until a guest returns: curves and their comparison, and what goes with returning sooner."""

from crm_core.stats.survival.cox import Hazard, Hazards, hazards
from crm_core.stats.survival.curves import Curve, kaplan_meier, logrank, median

__all__ = ["Curve", "Hazard", "Hazards", "hazards", "kaplan_meier", "logrank", "median"]
