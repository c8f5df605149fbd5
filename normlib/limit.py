"""Operations on gradients that set or limit their length."""

from normlib.arrays import Array, namespace
from normlib.columns import larger, no_zero, norm_of
from normlib.operation import Given, Parameter, Stats

CLIP_EPS = 1e-6  # what torch.nn.utils.clip_grad_norm_ adds to the norm
WEIGHT = (Parameter("weight", "all", 1.0),)


def clip_global(x: Array, given: Given) -> Stats:
    """Shrink to norm max_norm where it is longer: Pascanu et al. 2012, arXiv:1211.5063."""
    norm, most = norm_of(x), float(given.knobs["max_norm"])
    factor = namespace(x).clip(most / (norm + CLIP_EPS), None, 1.0)
    return Stats((("norm", norm), ("factor", factor)), factor=factor)


def clip_adaptive(x: Array, given: Given) -> Stats:
    """Shrink each unit to a share of its weight's norm: Brock et al. 2021, arXiv:2102.06171."""
    norm, of_weight = norm_of(x), norm_of(given.parameters["weight"])
    most = float(given.knobs["clipping"]) * larger(of_weight, given.eps)
    factor = namespace(x).clip(most / larger(norm, CLIP_EPS), None, 1.0)
    named = (("norm", norm), ("weight norm", of_weight), ("factor", factor))
    return Stats(named, factor=factor, numbers={"weight_squares": of_weight**2})


def trust_ratio(x: Array, given: Given) -> Stats:
    """Scale a layer's gradient to its weight: LARS, You et al. 2017, arXiv:1708.03888."""
    norm, of_weight = norm_of(x), norm_of(given.parameters["weight"])
    below = norm + float(given.knobs["decay"]) * of_weight + given.eps
    factor = float(given.knobs["trust"]) * of_weight / no_zero(below)
    named = (("norm", norm), ("weight norm", of_weight), ("factor", factor))
    return Stats(named, factor=factor, numbers={"weight_squares": of_weight**2})
