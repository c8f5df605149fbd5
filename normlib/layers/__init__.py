"""torch: layers for training, and the judge of the taught road."""

from normlib.layers.explain import explain
from normlib.layers.gradients import normalize_gradients, normalized_gradients
from normlib.layers.named import GroupNorm, LayerNorm, RMSNorm
from normlib.layers.norm import Norm
from normlib.layers.oracle import ORACLES, VERSION, largest_difference, oracle
from normlib.layers.recompute import recompute
from normlib.layers.tracked import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from normlib.layers.weights import normalize_weight

__all__ = [
    "ORACLES",
    "VERSION",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "GroupNorm",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LayerNorm",
    "Norm",
    "RMSNorm",
    "explain",
    "largest_difference",
    "normalize_gradients",
    "normalize_weight",
    "normalized_gradients",
    "oracle",
    "recompute",
]
