"""Autocast chooses dtypes for speed; what is normalized keeps that of its numbers."""

from contextlib import AbstractContextManager, nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor


def uncast(x: Tensor) -> AbstractContextManager[object]:
    """Autocast switched off where x lives, until the block is left.

    Its matrix products have 8 bits of precision, too few for a covariance and its inverse root.
    """
    return torch.autocast(x.device.type, enabled=False) if _casts(x) else nullcontext()


def as_torch_takes(x: Tensor) -> Tensor:
    """x in the dtype in which torch takes and answers layer, RMS and group norm here.

    Under autocast that is float32 on some devices, for half precision; elsewhere that of x.
    """
    return x.to(F.layer_norm(x.new_empty(0, 1), (1,)).dtype) if _casts(x) else x


def _casts(x: Tensor) -> bool:
    kind = x.device.type
    return torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)
