"""Estimates with 95 % intervals: how the uncertainty of fitted parameters becomes that of what is computed from them (delta method)."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crm_core.stats.intervals import Z

STEP = 1e-4  # of a log-parameter, for central differences
FURTHEST = 40.0  # log-odds beyond which a probability is 0 or 1 to every digit


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval from the parameters; arrays of the shape of what was asked, NaN where the model did not converge."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def log(values):
    """Logs, of 0 too: as of the least number there is."""
    return np.log(np.maximum(values, 1e-300))


def odds(log_share):
    """Log-odds of shares given by their logs, kept within what a float can tell from 0 and 1."""
    with np.errstate(divide="ignore"):
        return np.clip(log_share - np.log(-np.expm1(np.minimum(log_share, 0))), -FURTHEST, FURTHEST)


def share(log_odds):
    """The share of given log-odds."""
    return 1 / (1 + np.exp(-log_odds))


def log_share(log_odds):
    """The log of the share of given log-odds."""
    return -np.logaddexp(0, -log_odds)


def estimated(function: Callable, back: Callable, params: np.ndarray, covariance: np.ndarray) -> Estimate:
    """Return back(function(params)) with its interval, taken on the function's own scale (logs, log-odds).

    `covariance` is that of the log-parameters; the function is evaluated once for each parameter and direction, on all its rows together.
    """
    with np.errstate(all="ignore"):
        value, slopes = function(params), gradient(function, params)
        half = Z * np.sqrt(np.maximum(np.einsum("ij,i...,j...->...", covariance, slopes, slopes), 0))
        return Estimate(back(value), back(value - half), back(value + half))


def gradient(function: Callable, params: np.ndarray) -> np.ndarray:
    """(parameters × values of the function): its derivatives by the log-parameters, by central differences."""
    steps = STEP * np.eye(len(params))
    return np.stack([(function(params * np.exp(step)) - function(params * np.exp(-step))) / (2 * STEP) for step in steps])
