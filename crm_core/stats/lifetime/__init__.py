"""How often guests will come again and what they are worth: stays at random until the guest is lost, fitted to counts of histories."""

from crm_core.stats.lifetime.estimates import Estimate
from crm_core.stats.lifetime.fitted import MIN_GUESTS, MIN_REPEATS, MODELS, VERSION, Fit, fit
from crm_core.stats.lifetime.holdout import MAX_DRIFT, MAX_ERROR, Backtest, Deciles, backtest
from crm_core.stats.lifetime.spend import MIN_SPENDERS, MOST_CORRELATION, SpendFit, fit_spend
from crm_core.stats.lifetime.worth import value

__all__ = [
    "MAX_DRIFT", "MAX_ERROR", "MIN_GUESTS", "MIN_REPEATS", "MIN_SPENDERS", "MODELS", "MOST_CORRELATION", "VERSION",
    "Backtest", "Deciles", "Estimate", "Fit", "SpendFit", "backtest", "fit", "fit_spend", "value",
]  # fmt: skip
