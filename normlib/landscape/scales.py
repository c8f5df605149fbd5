"""How far standardizing the input reaches: the scale of every layer's input, before training."""

import numpy as np
import torch
from torch import Tensor

from normlib.landscape.linear import scaled
from normlib.landscape.nets import build
from normlib.landscape.records import Scales
from normlib.landscape.settings import Net
from normlib.landscape.training import entering
from normlib.tasks import task

SAMPLES = 512


def layer_scales(net: Net, scaling: str = "raw", name: str = "digits") -> Scales:
    """What enters every layer of a fresh net, on the first 512 training samples.

    Args:
        net: architecture, method and start.
        scaling: of the features: ``raw``, ``centred`` or ``standardized``. Raw digits have grey
            levels from 0 to 1.
        name: of the task.
    """
    x = torch.tensor(scaled(task(name).x[:SAMPLES], scaling))
    with torch.no_grad():
        inputs = [h.flatten(1) for h in entering(build(net, torch.float64), x)[1]]

    def size(values: list[Tensor]) -> np.ndarray:
        return np.array([float(value.square().mean().sqrt()) for value in values])

    return Scales(net, scaling, size(inputs), size([h.mean(0) for h in inputs]),
                  size([h.std(0, correction=0) for h in inputs]))  # fmt: skip
