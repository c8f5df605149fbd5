"""The table of operations: how statistics are found, and how they are used."""

from collections.abc import Mapping

from normlib import whiten
from normlib.decorrelate import (
    STATE,
    WHITENER,
    orthogonalize,
    spectral,
    stored_spectral,
    stored_whitening,
    whitening,
)
from normlib.limit import WEIGHT, clip_adaptive, clip_global, trust_ratio
from normlib.mixtures import (
    RHO,
    SHARES,
    batch_instance,
    global_response,
    local_response,
    switchable,
)
from normlib.normalize import (
    by_fan_in,
    center,
    center_l2,
    divide_by_variance,
    hyperbolic_tangent,
    l1,
    l2,
    outside,
    rms,
    standardize,
    tanh,
)
from normlib.operation import Operation, Parameter
from normlib.stored import RUNNING, STEPS, renorm, stored, stored_center, stored_outside

MEAN_VARIANCE = ("mean", "variance")
TWO_PAIRS = ("batch mean", "batch variance", "instance mean", "instance variance")
LIMITED = ("norm", "weight norm", "factor")
WHITENED = ("mean", "covariance", "whitening")
OPERATIONS: Mapping[str, Operation] = {
    operation.key: operation
    for operation in (
        Operation("standardize", MEAN_VARIANCE, standardize),
        Operation("divide_by_variance", MEAN_VARIANCE, divide_by_variance),
        Operation("outside", MEAN_VARIANCE, outside),
        Operation("rms", ("mean square",), rms),
        Operation("center", ("mean",), center),
        Operation("center_l2", ("mean", "norm"), center_l2),
        Operation("l2", ("norm",), l2),
        Operation("l1", ("mean", "mean deviation"), l1),
        Operation("by_fan_in", MEAN_VARIANCE, by_fan_in),
        Operation("stored", MEAN_VARIANCE, stored, parameters=RUNNING, watches=False),
        Operation("stored_steps", MEAN_VARIANCE, stored, parameters=STEPS, watches=False),
        Operation("stored_outside", MEAN_VARIANCE, stored_outside, parameters=RUNNING,
                  watches=False),
        Operation("stored_center", ("mean",), stored_center, parameters=RUNNING[:1],
                  watches=False),
        Operation("renorm", ("mean", "variance", "r", "d"), renorm, parameters=RUNNING),
        Operation("local_response", ("mean square",), local_response),
        Operation("global_response", ("norm", "mean norm", "ratio"), global_response),
        Operation("switchable", MEAN_VARIANCE, switchable,
                  parameters=SHARES),
        Operation("stored_switchable", MEAN_VARIANCE, switchable,
                  parameters=SHARES + RUNNING),
        Operation("batch_instance", TWO_PAIRS, batch_instance,
                  parameters=RHO),
        Operation("stored_batch_instance", TWO_PAIRS, batch_instance,
                  parameters=RHO + RUNNING),
        Operation("tanh", (), hyperbolic_tangent, tanh, (Parameter("alpha", "", 0.5, low=0.2),),
                  watches=False),
        Operation("pca", WHITENED, whitening(lambda c, _: whiten.pca(c)), mixes=True),
        Operation("zca", WHITENED, whitening(lambda c, _: whiten.zca(c)), mixes=True),
        Operation("cholesky", WHITENED, whitening(lambda c, _: whiten.cholesky(c)),
                  mixes=True, triangular=True),
        Operation("newton", WHITENED,
                  whitening(lambda c, g: whiten.newton(c, int(g.knobs["iterations"])),
                            refined=False), mixes=True),
        Operation("stored_whitening", ("mean", "whitening"), stored_whitening, mixes=True,
                  parameters=WHITENER, watches=False),
        Operation("spectral", ("u", "sigma"), spectral, mixes=True,
                  parameters=STATE),
        Operation("stored_spectral", ("u", "sigma"), stored_spectral, mixes=True,
                  parameters=STATE),
        Operation("clip_global", ("norm", "factor"), clip_global),
        Operation("clip_adaptive", LIMITED, clip_adaptive,
                  parameters=WEIGHT),
        Operation("trust_ratio", LIMITED, trust_ratio,
                  parameters=WEIGHT),
        Operation("orthogonalize", ("norm", "polynomial"), orthogonalize, mixes=True),
    )
}  # fmt: skip
