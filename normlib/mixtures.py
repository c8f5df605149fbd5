"""Statistics over windows of columns, of two levels, and mixed from several normalizations."""

from dataclasses import replace

from normlib.arrays import Array, cast, double, like, namespace
from normlib.columns import no_zero, norm_of, softmax
from normlib.moments import moments_of
from normlib.normalize import of_double, standardize
from normlib.operation import Given, Parameter, Stats
from normlib.stored import RUNNING, stored

SHARES = (Parameter("mean_weights", "3", 1.0), Parameter("variance_weights", "3", 1.0))
RHO = (Parameter("rho", "c", 1.0, low=0.0),)
MIXED = ("instance", "layer", "batch")


def local_response(x: Array, given: Given) -> Stats:
    """``x / (k + alpha * mean_square) ** power`` over neighbouring channels.

    The sum of squares is divided by ``size`` at the ends too, where there are fewer channels.
    Krizhevsky, Sutskever and Hinton 2012 (NeurIPS), alpha divided by size as in torch.
    """
    knobs, pool = given.knobs, given.pools[0]
    average, _ = pool.merge(double(x) ** 2, namespace(x).zeros_like(x))
    square = average * like(pool.sizes() / float(knobs["size"]), average)
    scale = (float(knobs["k"]) + float(knobs["alpha"]) * square) ** float(knobs["power"])
    return Stats((("mean square", cast(square, x)),), (), no_zero(cast(scale, x)))


def global_response(x: Array, given: Given) -> Stats:
    """Each norm relative to the mean norm of all channels: Woo et al. 2023, arXiv:2301.00808."""
    norm = norm_of(x)
    average, _ = given.pools[0].merge(norm, namespace(x).zeros_like(norm))
    ratio = cast(double(norm) / no_zero(average + given.eps), x)
    count = like(given.pools[0].sizes().astype(float), average)
    return Stats(
        (("norm", norm), ("mean norm", cast(average, x)), ("ratio", ratio)), factor=ratio,
        numbers={"norm_total": average * count, "norm_count": count},
    )  # fmt: skip


def switchable(x: Array, given: Given) -> Stats:
    """Mean and variance mixed from instance, layer and batch: Luo et al. 2018, arXiv:1806.10779.

    The shares of the three are softmax(mean_weights) and softmax(variance_weights). Where
    ``running_mean`` and ``running_variance`` are given (prediction) they stand for the batch.
    """
    high, low, _, root = moments_of(x, 0.0)
    found = [pool.merge(double(high) + double(low), double(root) ** 2) for pool in given.pools]
    if "running_mean" in given.parameters:
        found[2] = tuple(double(given.parameters[name.name]) for name in RUNNING)
    shares = [softmax(double(given.parameters[name]))
              for name in ("mean_weights", "variance_weights")]  # fmt: skip
    mean, spread = (
        found[0][which] + sum(share[i] * (found[i][which] - found[0][which]) for i in (1, 2))
        for which, share in enumerate(shares)  # they add up to 1: equal means mix to themselves
    )
    numbers = {
        f"{kind}_{name}": cast(found[i][which], x)
        for i, kind in enumerate(MIXED) for which, name in enumerate(("mean", "variance"))
    } | {
        f"{kind}_{name}_share": cast(shares[which][i], x)
        for i, kind in enumerate(MIXED) for which, name in enumerate(("mean", "variance"))
    }  # fmt: skip
    return replace(of_double(x, mean, spread, given.eps), numbers=numbers)


def batch_instance(x: Array, given: Given) -> Stats:
    """``rho * batch norm + (1 - rho) * instance norm``: Nam and Kim 2018, arXiv:1805.07925."""
    batch = standardize(x, given)
    if "running_mean" in given.parameters:
        batch = stored(x, given)
    instance = standardize(x, replace(given, pools=()))
    rho = namespace(x).clip(given.parameters["rho"], 0, 1)
    named = [(f"{kind} {name}", value) for kind, stats in (("batch", batch), ("instance", instance))
             for name, value in stats.named]  # fmt: skip
    return Stats(tuple(named), parts=((rho, batch), (1 - rho, instance)), numbers={"rho": rho})
