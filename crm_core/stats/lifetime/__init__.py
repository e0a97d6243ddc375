"""How often guests will come again and what they are worth: stays at random until the guest is lost, fitted to counts of histories."""

from crm_core.stats.lifetime.estimates import Estimate
from crm_core.stats.lifetime.fitted import MIN_GUESTS, MIN_REPEATS, MODELS, VERSION, Fit, fit

__all__ = ["MIN_GUESTS", "MIN_REPEATS", "MODELS", "VERSION", "Estimate", "Fit", "fit"]
