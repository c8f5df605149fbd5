"""The learned part that gives back what normalizing took away: scale gamma and shift beta.

Parameters live on the axes of the input, not on the columns of the matrix: one per channel for
batch, instance and group norm, one per feature for layer norm. Every recovery says what gamma and
beta each entry meets (and, rarely, one more term); one formula puts them together. Where gamma and
beta come from is all that tells recoveries apart: learned, from a class, from another image, from
the statistics themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from normlib.arrays import Array, namespace
from normlib.in_place import add, multiply
from normlib.operation import Parameter

Terms = Mapping[str, Array | None]


class _Situation(Protocol):
    """What a recovery may know besides its parameters.

    ``x`` is the input and ``normalized`` the normalized tensor, both of the input's shape; ``mean``
    and ``scale`` of the groups broadcast to it, ``statistics`` finds the two for another tensor;
    ``by_group`` gives mean and variance of shape (samples, groups of channels); ``channel`` and
    ``sample`` are the positions of two axes.
    """

    @property
    def x(self) -> Array: ...
    @property
    def normalized(self) -> Array: ...
    @property
    def channel(self) -> int: ...
    @property
    def sample(self) -> int: ...
    @property
    def mean(self) -> Array: ...
    @property
    def scale(self) -> Array: ...
    @property
    def by_group(self) -> tuple[Array, Array]: ...
    def statistics(self, x: Array) -> tuple[Array, Array]: ...


@dataclass(frozen=True)
class Recovery:
    """How gamma and beta of every entry come about.

    Attributes:
        key: its name in formulas and texts.
        parameters: what it takes, in the order in which it is used.
        terms: ``(parameters, situation) -> terms``: gamma, beta and further terms of `recover`,
            each broadcasting to the input; None for what leaves the input as it is.
    """

    key: str
    parameters: tuple[Parameter, ...]
    terms: Callable[[Mapping[str, Array], _Situation], Terms]


def recover(
    x: Array,
    gamma: Array | None = None,
    beta: Array | None = None,
    others: Array | None = None,
    input: Array | None = None,
    tau: Array | None = None,
    *,
    in_place: bool = False,
) -> Array:
    """``max(gamma * x + others + beta + input, tau)``, each left out where it is None.

    Where x is zero the answer of gamma and beta alone is beta exactly, for every finite gamma.
    With ``in_place`` the answer may be written over x.
    """
    y = x
    if gamma is not None:
        y = multiply(x, gamma) if in_place else x * gamma
    for term in (others, beta, input):
        y = y if term is None else add(y, term) if in_place or y is not x else y + term
    return y if tau is None else namespace(y).maximum(y, tau)


def own(given: Mapping[str, Array], at: _Situation) -> Terms:
    """Gamma, beta and tau as they are given; those missing change nothing."""
    return {name: given.get(name) for name in ("gamma", "beta", "tau")}


def modulation(given: Mapping[str, Array], at: _Situation) -> Terms:
    """``(1 + gamma) x + beta``: gamma says how far from 1, as a condition predicts it."""
    return {"gamma": 1 + given["gamma"], "beta": given.get("beta")}


def residual(given: Mapping[str, Array], at: _Situation) -> Terms:
    """``gamma x + beta + input``: the normalized values are added to what came in."""
    return {"gamma": given["gamma"], "beta": given.get("beta"), "input": at.x}


def linear(given: Mapping[str, Array], at: _Situation) -> Terms:
    """``weight @ x + beta`` along the channels: each entry's own share, and that of the others."""
    xp, weight = namespace(at.x), given["weight"]
    last = xp.moveaxis(at.normalized, (at.channel,), (-1,))  # torch's vmap takes tuples alone
    own_share = xp.diagonal(weight)
    mixed = last @ (weight - xp.diag(own_share)).swapaxes(0, 1)
    return {
        "gamma": along(own_share, (at.channel,), at.x),
        "others": xp.moveaxis(mixed, (-1,), (at.channel,)),
        "beta": given.get("beta"),
    }


def by_class(given: Mapping[str, Array], at: _Situation) -> Terms:
    """Row ``labels[n]`` of a table of gamma and beta, shape (classes, channels)."""
    place = (at.sample, at.channel)
    return {name: along(given[name][given["labels"]], place, at.x) for name in ("gamma", "beta")}


def style(given: Mapping[str, Array], at: _Situation) -> Terms:
    """Standard deviation and mean of another input, group by group."""
    if "style" not in given:
        return {"gamma": at.scale, "beta": at.mean}
    mean, scale = at.statistics(given["style"])
    return {"gamma": scale, "beta": mean}


def swap(given: Mapping[str, Array], at: _Situation) -> Terms:
    """Standard deviation and mean of the same channel in sample ``partner[n]``."""
    return _of_partner(given["partner"], at.sample, at)


def swap_channels(given: Mapping[str, Array], at: _Situation) -> Terms:
    """Standard deviation and mean of channel ``partner[c]`` in the same sample."""
    return _of_partner(given["partner"], at.channel, at)


def recalibrate(given: Mapping[str, Array], at: _Situation) -> Terms:
    """The group's own scale and mean, each weighed by a gate that sees both."""

    def gate(name: str) -> Array:
        weight, bias = given[f"weight_{name}"], given[f"bias_{name}"]
        by_mean, by_scale = (along(weight[:, i], (at.channel,), at.x) for i in (0, 1))
        return sigmoid(by_mean * at.mean + by_scale * at.scale + along(bias, (at.channel,), at.x))

    return {"gamma": at.scale * gate("gamma"), "beta": at.mean * gate("beta")}


def meta(given: Mapping[str, Array], at: _Situation) -> Terms:
    """Gamma and beta from a small network that sees each sample's own statistics."""
    mean, variance = at.by_group

    def decoded(name: str, seen: Array) -> Array:
        hidden = seen @ given["encoder"].swapaxes(0, 1)
        hidden = namespace(hidden).maximum(hidden, 0 * hidden)
        return hidden @ given[f"decoder_{name}"].swapaxes(0, 1)

    place = (at.sample, at.channel)
    gamma = along(sigmoid(decoded("gamma", variance)), place, at.x)
    beta = along(namespace(mean).tanh(decoded("beta", mean)), place, at.x)
    return {"gamma": given["gamma"] + gamma, "beta": beta + given.get("beta", 0.0)}


def along(values: Array, axes: tuple[int, ...], x: Array) -> Array:
    """Values on some axes of ``x``, named in the order of the values, broadcasting to x."""
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    values = namespace(x).moveaxis(values, order, tuple(range(len(axes))))
    return values.reshape([size if i in axes else 1 for i, size in enumerate(x.shape)])


def _of_partner(partner: Array, axis: int, at: _Situation) -> Terms:
    place = (slice(None),) * axis + (partner,)
    return {"gamma": at.scale[place], "beta": at.mean[place]}


def sigmoid(x: Array) -> Array:
    """The logistic function, through tanh so that nothing overflows."""
    return 0.5 * (1 + namespace(x).tanh(0.5 * x))


GAMMA, BETA = Parameter("gamma", "per", 1.0, low=0.5, high=2.0), Parameter("beta", "per")
NO_GAMMA = Parameter("gamma", "per", low=-0.5)
LABELS = Parameter("labels", "n", "cycle", below="classes")
RECOVERIES: Mapping[str, Recovery] = {
    recovery.key: recovery
    for recovery in (
        Recovery("identity", (), own),
        Recovery("scale", (GAMMA,), own),
        Recovery("shift", (BETA,), own),
        Recovery("affine", (GAMMA, BETA), own),
        Recovery("threshold", (GAMMA, BETA, Parameter("tau", "per", low=-0.5, high=0.0)), own),
        Recovery("linear", (Parameter("weight", "c c", "eye"), BETA), linear),
        Recovery("modulation", (NO_GAMMA, BETA), modulation),
        Recovery("residual", (NO_GAMMA, BETA), residual),
        Recovery("by_class", (Parameter("gamma", "classes c", 1.0, low=0.5, high=2.0),
                              Parameter("beta", "classes c"), LABELS), by_class),
        Recovery("style", (Parameter("style", "all", low=-2.0, high=3.0),), style),
        Recovery("swap", (Parameter("partner", "n", "cycle", below="n"),), swap),
        Recovery("swap_channels", (Parameter("partner", "c", "cycle", below="c"),),
                 swap_channels),
        Recovery("recalibrate", (Parameter("weight_gamma", "c 2"), Parameter("bias_gamma", "c"),
                                 Parameter("weight_beta", "c 2"), Parameter("bias_beta", "c")),
                 recalibrate),
        Recovery("meta", (Parameter("gamma", "per", 0.5), BETA,
                          Parameter("encoder", "hidden g", "eye"),
                          Parameter("decoder_gamma", "c hidden"),
                          Parameter("decoder_beta", "c hidden")), meta),
    )
}  # fmt: skip
