"""Guests drawn from the lifetime models themselves, stay by stay and without any of the models' formulas."""
import numpy as np

from crm_core.stats import lifetime


def guests(params: dict[str, float], T: np.ndarray, random: np.random.Generator, lost_at_first: bool = True, ahead: float = 0.0):
    """(x, t_x, stays in the `ahead` after T): MBG/NBD, or BG/NBD where nobody can be lost after the first stay."""
    n = len(T)
    rate = random.gamma(params["r"], 1 / params["alpha"], n)
    loss = random.beta(params["a"], params["b"], n)
    x, t_x, later, now = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    there = np.flatnonzero(random.random(n) >= loss) if lost_at_first else np.arange(n)
    while len(there):
        now[there] += random.exponential(1 / np.maximum(rate[there], 1e-12))
        there = there[now[there] <= T[there] + ahead]
        seen = there[now[there] <= T[there]]
        x[seen] += 1
        t_x[seen] = now[seen]
        later[there] += now[there] > T[there]
        there = there[random.random(len(there)) >= loss[there]]
    return x, t_x, later


def leaving_guests(params: dict[str, float], T: np.ndarray, random: np.random.Generator, ahead: float = 0.0):
    """(x, t_x, stays in the `ahead` after T): Pareto/NBD, where guests are lost at any moment."""
    n = len(T)
    rate = random.gamma(params["r"], 1 / params["alpha"], n)
    life = random.exponential(1 / np.maximum(random.gamma(params["s"], 1 / params["beta"], n), 1e-12))
    x, t_x, later, now = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    there = np.arange(n)
    while len(there):
        now[there] += random.exponential(1 / np.maximum(rate[there], 1e-12))
        there = there[now[there] <= np.minimum(T[there] + ahead, life[there])]
        seen = there[now[there] <= T[there]]
        x[seen] += 1
        t_x[seen] = now[seen]
        later[there] += now[there] > T[there]
    return x, t_x, later


def seasonal_guests(params: dict[str, float], T: np.ndarray, random: np.random.Generator, ahead: int = 0):
    """(x, t_x, stays in the `ahead` opportunities after T): BG/BB, one opportunity at a time."""
    n = len(T)
    come = random.beta(params["alpha"], params["beta"], n)
    loss = random.beta(params["gamma"], params["delta"], n)
    x, t_x, later, there = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, bool)
    for chance in range(1, int(T.max()) + ahead + 1):
        there &= random.random(n) >= loss
        came = there & (random.random(n) < come)
        x += came & (chance <= T)
        t_x = np.where(came & (chance <= T), chance, t_x)
        later += came & (chance > T) & (chance <= T + ahead)
    return x, t_x, later


def known(model: str, params: dict[str, float]) -> lifetime.Fit:
    """A fit that knows the truth."""
    return lifetime.Fit(model, params, 0.0, np.zeros((4, 4)), 10**6, 10**6, True)
