"""Guests' histories as arrays (x repeat stays, t_x first to last stay, T first stay to as-of): checked, and folded to distinct ones with counts."""
import numpy as np

SLACK = 1e-9  # by so much t_x may exceed T: rounding, not an error
MOST_CODES = 2**62


def checked(x, t_x, T):
    """(x, t_x, T) as float arrays of one common shape; scalars stand for all.

    Raises ValueError, saying what to do, where a history is impossible. Several stays with t_x = 0 are possible: on one day.
    """
    x, t_x, T = (np.asarray(a, float) for a in (x, t_x, T))
    if len({a.shape for a in (x, t_x, T) if a.ndim}) > 1:
        raise ValueError(f"x, t_x and T have shapes {x.shape}, {t_x.shape} and {T.shape}: give one entry per guest in each.")
    x, t_x, T = np.broadcast_arrays(x, t_x, T)
    for wrong, sentence in (
        (~np.isfinite(x + t_x + T), "missing or infinite: leave out guests without a completed stay."),
        ((x < 0) | (x != np.floor(x)), "x must be a whole number from 0: count completed stays and take 1 off for the first."),
        ((t_x < 0) | (T < 0), "times must not be negative: leave out stays from the as-of date on."),
        (t_x > T + SLACK, "t_x is later than T: measure t_x from the first stay to the last one, and T from the first stay to the as-of date."),
        ((x == 0) & (t_x > 0), "t_x must be 0 where x is 0: it runs from the first to the last stay, it is not the time since the last one."),
    ):
        if wrong.any():
            raise ValueError(f"Impossible history of {np.count_nonzero(wrong)} guests: {sentence}")
    return x, t_x, T


def counted(n, shape) -> np.ndarray:
    """How many guests share each history, as floats of the shape given; 1 each where n is None. Raises ValueError below 0 or without any guest."""
    n = np.ones(shape) if n is None else np.asarray(n, float)
    if n.shape != shape:
        raise ValueError(f"n has the shape {n.shape}, the histories {shape}: give one count per history.")
    if not np.isfinite(n).all() or (n < 0).any():
        raise ValueError("n must be a count from 0: how many guests share the history.")
    if not n.sum():
        raise ValueError("There is no guest: give at least one with a completed stay.")
    return n


def grouped(x, t_x, T, n=None):
    """(x, t_x, T, n): distinct histories with the number of guests of each. Given counts are taken as they are, without the zeros.

    Raises ValueError like `checked` and `counted`.
    """
    x, t_x, T = (np.atleast_1d(a) for a in checked(x, t_x, T))
    counts = counted(None if n is None else np.atleast_1d(n), x.shape)
    if n is not None:
        some = counts > 0
        return x[some], t_x[some], T[some], counts[some]
    (x, t_x, T), at = distinct(x, t_x, T)
    return x, t_x, T, np.bincount(at, minlength=len(x)).astype(float)


def distinct(*columns):
    """(distinct rows as a tuple of columns, for each row of the input the index of its like); columns are arrays of one length."""
    code, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        one, width = _coded(column)
        if size * width > MOST_CODES:
            code, size = _coded(code)
        code, size = code * width + one, size * width
    order = np.argsort(code)
    new = np.diff(code[order], prepend=-1) != 0
    at = np.empty(len(code), np.int64)
    at[order] = np.cumsum(new) - 1
    first = order[new]
    return tuple(column[first] for column in columns), at


def _coded(column):
    """(codes from 0, how many there may be); whole numbers are codes already, so that days need no sorting."""
    if not len(column):
        return np.zeros(0, np.int64), 1
    low, high = column.min(), column.max()
    if high - low < 1e6 and (column == np.floor(column)).all():
        return (column - low).astype(np.int64), int(high - low) + 1
    values, codes = np.unique(column, return_inverse=True)
    return codes, len(values)
