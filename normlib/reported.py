"""Numbers that papers report: not computed here, each with its place."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reported:
    """Errors over a setting, as printed.

    Attributes:
        paper, place, link: where they stand.
        sizes: images in the batch of each GPU.
        errors: validation error in percent for each size, by method.
    """

    paper: str
    place: str
    link: str
    sizes: tuple[int, ...]
    errors: Mapping[str, tuple[float, ...]]


# ResNet-50 on ImageNet, 8 GPUs, batch norm within each GPU; group norm with 32 groups.
GROUP_NORM = Reported(
    "Wu and He 2018", "Table 2", "https://arxiv.org/abs/1803.08494",
    (32, 16, 8, 4, 2),
    {"batch": (23.6, 23.7, 24.8, 27.3, 34.7), "group": (24.1, 24.2, 24.0, 24.2, 24.1)},
)  # fmt: skip
