"""Averages over an unknown probability (beta) and over an unknown time, by Gaussian quadrature that is exact to about ten digits."""
from collections.abc import Callable
from functools import cache

import numpy as np

NODES = 24
ROWS = 4096  # evaluated at a time: 24 nodes each still fit the processor's cache


def beta_average(function: Callable, a: float, b: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Return E[function(p, rows)] for p ~ Beta(a, b), one entry per row; the function is smooth in log(1 + reach·p).

    Gauss–Jacobi in y with p = ((1 + reach)^y − 1)/reach, which has no singularity near by however far the reach (the plain rule in p, and
    the series of hyp2f1, slow down as reach grows). Relative error below 1e-9 up to b = 100 at reach 20 and up to b = 900 at reach 3 (against mpmath).
    """
    shapes, at = np.unique(b, return_inverse=True)
    y, log_w = _jacobi(a, shapes)
    result = np.empty(len(b))
    with np.errstate(divide="ignore", under="ignore"):
        for start in range(0, len(b), ROWS):
            rows = slice(start, start + ROWS)
            p, log_weight = _bent(y[at[rows]], a, b[rows, None], np.maximum(reach[rows, None], 1e-9))
            weight = np.exp(log_weight + log_w[at[rows]] - (log_weight + log_w[at[rows]]).max(axis=1, keepdims=True))
            result[rows] = (weight * function(p, rows)).sum(axis=1) / weight.sum(axis=1)
    return result


def _bent(y: np.ndarray, a: float, b: np.ndarray, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(p, log of what the bending adds to the weights of the nodes y, up to a constant)."""
    log = np.log1p(reach)
    p, q = np.expm1(log * y) / reach, np.expm1(log * (y - 1)) * (-(1 + reach) / reach)
    return p, (a - 1) * np.log(p / y) + (b - 1) * np.log(q / (1 - y)) + log * y


def _jacobi(a: float, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(nodes on 0 … 1, log weights), each (b × nodes), for the density of Beta(a, b). Golub & Welsch 1969."""
    k, one, two = np.arange(NODES)[None, :], b[:, None] - 1, a - 1
    total = 2 * k + one + two
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where(k == 0, (two - one) / (one + two + 2), (two**2 - one**2) / (total * (total + 2)))
        beside = k * (k + one) * (k + two) * 4 * (k + one + two) / (total**2 * (total**2 - 1))
    beside[:, 1] = 4 * ((1 + one) * (1 + two) / ((2 + one + two) ** 2 * (3 + one + two)))[:, 0]
    matrix, at = np.zeros((len(b), NODES, NODES)), np.arange(NODES)
    matrix[:, at, at] = middle
    matrix[:, at[1:], at[:-1]] = np.sqrt(beside[:, 1:])  # eigh reads the lower triangle
    values, vectors = np.linalg.eigh(matrix)
    with np.errstate(divide="ignore"):
        return np.clip((1 + values) / 2, 1e-300, 1 - 1e-16), 2 * np.log(np.abs(vectors[:, 0, :]))


@cache
def legendre() -> tuple[np.ndarray, np.ndarray]:
    """(nodes, weights) of Gauss–Legendre on 0 … 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2
