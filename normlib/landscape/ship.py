"""How every shipped result is made: ``python -m normlib.landscape.ship [name ...]``, or all."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from normlib.landscape import limiting, panels, rate_settings, smooth_or_not
from normlib.landscape.compare import compare
from normlib.landscape.duel import PRESETS
from normlib.landscape.presets import METHODS, SEEDS, SMOOTHNESS
from normlib.landscape.rescaled import Rescaling
from normlib.landscape.rescaling import rescaling
from normlib.landscape.settings import Net
from normlib.landscape.shipped import save
from normlib.landscape.trainee import finished

RESULTS: dict[str, Callable[[], Any]] = {}  # name of the file without its ending -> how it is made


def rescale() -> dict[str, Rescaling]:
    """What scaling the hidden weights does, by method."""
    return {method: rescaling(Net(method=method), SEEDS) for method in METHODS}


# Santurkar's figure
RESULTS |= {f"santurkar_{name}": partial(compare, asked) for name, asked in SMOOTHNESS.items()}
RESULTS["santurkar_scale"] = rescale

# Smooth or not
RESULTS |= {f"smooth_{one.__name__}": one for one in
            (smooth_or_not.lines, smooth_or_not.linear, smooth_or_not.scales)}  # fmt: skip


# Learning rates
RESULTS |= {f"rates_depth_{depth}": partial(limiting.shipped_sweep, depth)
            for depth in rate_settings.DEPTHS}  # fmt: skip
RESULTS["rates_edge"] = limiting.shipped_edges
# Surfaces
RESULTS |= {name: partial(panels.to_ship, name) for name in panels.SHIPPED}

# Training lab
RESULTS |= {f"lab_{name}": partial(finished, duel) for name, duel in PRESETS.items()}


def main(names: list[str]) -> None:
    """Make the results of these names, or all, with one thread."""
    torch.set_num_threads(1)
    for name in names or RESULTS:
        path = save(name, RESULTS[name]())
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
