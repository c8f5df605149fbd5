"""Smoothness of nets that differ in their method alone."""

from normlib.landscape.presets import Comparison
from normlib.landscape.seeds import Smoothness
from normlib.landscape.smoothness import smoothness
from normlib.landscape.workers import Progress


def compare(asked: Comparison, progress: Progress | None = None) -> dict[str, Smoothness]:
    """Smoothness by method.

    Args:
        asked: what is compared.
        progress: called with the finished share of all; what it raises cancels and comes out.
    """
    found: dict[str, Smoothness] = {}
    for method in asked.methods:

        def report(share: float, done: int = len(found)) -> None:
            if progress:
                progress((done + share) / len(asked.methods))

        net = asked.net_of(method)
        found[method] = smoothness(net, asked.training, asked.seeds, every=asked.every,
                                   eigenvalues=asked.eigenvalues, progress=report)  # fmt: skip
    return found
