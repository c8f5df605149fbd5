"""Failures that happen in practice, each reproduced with its live numbers and its repair."""

from collections.abc import Mapping

from normlib.failures import axes, large_mean, memory, precision, shapes
from normlib.failures.record import Cell, Dial, Entry, Failure, Images, Lines, Table, View

__all__ = ["FAILURES", "SUBJECTS", "Cell", "Dial", "Entry", "Failure", "Images", "Lines", "Table",
           "View", "reproduce"]  # fmt: skip

MEANS = tuple(10.0**power for power in range(8))

# fmt: off
FAILURES: Mapping[str, Entry] = {
    "single": Entry("shapes", shapes.single, (Dial("samples", (1, 2, 4, 8), 1),)),
    "divide": Entry("shapes", shapes.divide, (Dial("groups", (1, 2, 3, 4, 5, 6), 4),),
                    seeded=False),
    "two": Entry("shapes", shapes.two, (Dial("samples", (2, 3, 4, 8, 32), 2),)),
    "constant": Entry("numbers", precision.constant,
                      (Dial("value", (0.1, 100.1, 1000.3, 10000.3, 1000000.3), 1000000.3),),
                      seeded=False),
    "large_mean": Entry("numbers", large_mean.large_mean,
                        (Dial("mean", MEANS, 1e5), Dial("values", (16, 64, 256, 1024), 256))),
    "half": Entry("numbers", precision.half,
                  (Dial("scale", (1, 10, 30, 100, 300, 1000, 10000), 300),)),
    "by_variance": Entry("numbers", precision.by_variance,
                         (Dial("sigma", (0.1, 0.5, 1, 2, 10, 100), 10),)),
    "other_eps": Entry("numbers", precision.other_eps,
                       (Dial("sigma", (0.003, 0.01, 0.03, 0.1, 0.3, 1, 10), 0.03),)),
    "channels_last": Entry("axes", axes.channels_last, (Dial("height", (2, 3, 4, 6), 3),)),
    "swapped": Entry("axes", axes.swapped, (Dial("digit", tuple(range(10)), 7),), seeded=False),
    "tokens": Entry("axes", axes.tokens, (Dial("steps", (2, 4, 6, 8), 4),)),
    "cold": Entry("memory", memory.cold, (Dial("steps", (0, 1, 2, 5, 10, 20, 50, 100), 0),)),
    "momentum": Entry("memory", memory.momentum,
                      (Dial("momentum", (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99), 0.9),)),
    "nan": Entry("memory", memory.nan, (Dial("later", (0, 1, 10, 20), 10),)),
    "eval": Entry("memory", memory.evaluated, (Dial("samples", (2, 4, 8, 16, 32, 64, 128), 4),)),
}
# fmt: on
SUBJECTS = tuple(dict.fromkeys(entry.subject for entry in FAILURES.values()))


def reproduce(key: str, *dials: float, seed: int = 0) -> Failure:
    """The failure of that key; dials left out, or set to what they do not take, break it.

    Example:
        Two samples, and nothing but signs is left of them.

        >>> found = reproduce("two", 2)
        >>> found.broken, round(found.numbers["largest"][0], 3)
        (True, 1.0)
    """
    entry = FAILURES[key]
    given = (*dials, *(dial.default for dial in entry.dials[len(dials) :]))
    settings = {dial.name: dial.fitting(value)
                for dial, value in zip(entry.dials, given, strict=True)}  # fmt: skip
    return entry.reproduce(**settings, **({"seed": seed} if entry.seeded else {}))
