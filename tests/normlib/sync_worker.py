"""One of several processes that train a synchronized norm; what it found goes into a file.

Arguments: rank, number of processes, file for the rendezvous, folder for the answers, layout.
"""

import datetime
import sys
from pathlib import Path

import torch
import torch.distributed as dist

from normlib import Spec
from normlib.layers.norm import Norm

SIZES = {"nchw": (7, 6, 3, 5), "nc": (7, 6), "nhwc": (7, 3, 5, 6)}
SHARES = {"unequal": (2, 5), "one empty": (0, 7)}  # samples of each process


def everything(layout):
    """The batch of all processes together, and the weights of the loss."""
    generator = torch.Generator().manual_seed(3)
    x, loss = (torch.randn(SIZES[layout], generator=generator, dtype=torch.float64)
               for _ in range(2))  # fmt: skip
    return x * 3 + 1e3 * (layout == "nchw"), loss


def made(layout):
    """The layer that every process starts with."""
    layer = Norm(Spec("sync", SIZES[layout], layout), dtype=torch.float64, convention="pooled")
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(0.5, 2, 6))
        layer.bias.copy_(torch.linspace(-1, 1, 6))
    return layer


def step(layer, x, loss):
    """All that one forward and backward leave behind."""
    x = x.clone().requires_grad_()
    y = layer(x)
    (y * loss).sum().backward()
    predicted = layer.eval()(x.detach())
    parameters = {name: value.grad for name, value in layer.named_parameters()}
    return {"y": y.detach(), "x": x.grad, "predicted": predicted.detach(), **parameters,
            **layer.state()}  # fmt: skip


def main():
    """Take part."""
    rank, count, place, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=count,
                            timeout=datetime.timedelta(seconds=60))  # fmt: skip
    found = {}
    for layout in SIZES:
        for name, shares in SHARES.items():
            x, loss = (value.split(shares)[rank] for value in everything(layout))
            found[layout, name] = step(made(layout), x, loss)
    torch.save(found, Path(folder) / f"{rank}.pt")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
