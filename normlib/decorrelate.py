"""Operations that mix the columns of a block: whitening, spectral norm, orthogonalization."""

from collections.abc import Callable

import numpy as np

from normlib import whiten
from normlib.arrays import Array, cast, constant, like, namespace
from normlib.columns import no_zero, norm_of, unit
from normlib.in_place import centre_and_divide
from normlib.moments import mean_and_size
from normlib.operation import Given, Parameter, Stats
from normlib.stored import RUNNING

QUINTIC = (3.4445, -4.7750, 2.0315)  # Muon's iteration: s -> a s + b s^3 + c s^5
QUINTIC_STEPS = 5
SMALL, LARGE = 1e-15, 1e15  # between them float32 can hold squares and their sums
STATE = (Parameter("u", "o", "unit"), Parameter("v", "pooled", "unit"))
WHITENER = (RUNNING[0], Parameter("running_matrix", "c c", "eye"))


def whitening(
    solve: Callable[[Array, Given], whiten.Whitening], refined: bool = True
) -> Callable[[Array, Given], Stats]:
    """Fit of a whitening: mean, covariance + eps, and a matrix W with ``W cov W^T = 1``."""

    def fit(x: Array, given: Given) -> Stats:
        high, low, size = mean_and_size(x)
        extreme = ((size > 0) & (size < SMALL)) | (size > LARGE)
        unit = whiten.power_of_two(size) if bool(extreme.any()) else None
        ready = centre_and_divide(x, (high, low), unit)
        covariance = whiten.gram(ready, unit, given.eps)
        found = solve(covariance, given)
        if refined and x.dtype == covariance.dtype:  # float32 rows hold no more than C does
            found = whiten.refine(found, ready if unit is None else ready * unit, given.eps)
        matrix = cast(found.matrix, x)
        named = (("mean", high), ("covariance", cast(covariance, x)), ("whitening", matrix))
        return Stats(named, (high, low), matrix=matrix, unit=unit, prepared=(x, ready))

    return fit


def stored_whitening(x: Array, given: Given) -> Stats:
    """Mean and whitening matrix from elsewhere, as whitening predicts."""
    mean, matrix = (given.parameters[f"running_{name}"] for name in ("mean", "matrix"))
    return Stats((("mean", mean), ("whitening", matrix)), (mean,), matrix=matrix)


def spectral(x: Array, given: Given) -> Stats:
    """Divide by the largest singular value, found by power iteration from the state u.

    Columns are the outputs. ``v = W^T u / |.|``, ``u = W v / |.|``, ``sigma = u^T W v``; Miyato et
    al. 2018, arXiv:1802.05957. The gradient takes u and v as constants; v is in ``numbers``.
    """
    u, v = given.parameters["u"], given.parameters["v"][..., None]
    for _ in range(int(given.knobs["iterations"])):
        v = unit(x @ u.swapaxes(-2, -1))
        u = unit(x.swapaxes(-2, -1) @ v).swapaxes(-2, -1)
    return _spectral(x, constant(u), constant(v))


def stored_spectral(x: Array, given: Given) -> Stats:
    """As `spectral`, without an iteration: the state stays as it is."""
    return _spectral(x, given.parameters["u"], given.parameters["v"][..., None])


def _spectral(x: Array, u: Array, v: Array) -> Stats:
    sigma = u @ (x.swapaxes(-2, -1) @ v)
    wide = namespace(x).broadcast_to(sigma, (*x.shape[:-2], 1, x.shape[-1]))
    named = (("u", u), ("sigma", wide))
    return Stats(named, (), no_zero(wide), numbers={"v": v})


def orthogonalize(x: Array, given: Given) -> Stats:
    """Muon: singular values to about 1 by five steps of a quintic iteration; Jordan 2024.

    With X the gradient over its Frobenius norm, rows the outputs, each step is
    ``P <- (a + b A + c A^2) P`` with ``A = P X X^T P``; the answer is ``P X``. P is a polynomial
    of X X^T, so it makes no difference which side is the longer one.
    """
    norm = norm_of(x.swapaxes(-2, -1).reshape(*x.shape[:-2], -1, 1))
    start = x / no_zero(norm + 1e-7)
    gram, (a, b, c) = start.swapaxes(-2, -1) @ start, QUINTIC
    one = like(np.eye(x.shape[-1]), x)
    matrix = one
    for _ in range(QUINTIC_STEPS):
        square = matrix @ gram @ matrix
        matrix = (a * one + b * square + c * (square @ square)) @ matrix
    return Stats((("norm", norm), ("polynomial", matrix)), (), norm + 1e-7, matrix=matrix)
