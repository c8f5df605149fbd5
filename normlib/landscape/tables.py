"""Records as tables of numbers, and these as CSV: what a learner takes away."""

from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from normlib.landscape.records import Line, Run, Surface
from normlib.landscape.rescaled import Rescaling
from normlib.landscape.seeds import Smoothness, Sweep

Rows = Iterator[Sequence[object]]


def csv(record: Any) -> str:
    """The numbers of a record as CSV: a line of headings, then one line for each place.

    Args:
        record: of this package, or several of one kind by name; then the first column,
            ``method``, holds the name.

    Returns:
        Lines that end in a line feed. Numbers have nine significant digits; what diverged is
        ``nan`` or ``inf``, what was not measured is empty.
    """
    if isinstance(record, Mapping):
        tables = {name: rows(one) for name, one in record.items()}
        heads = [next(found) for found in tables.values()]
        assert all(head == heads[0] for head in heads)
        lines = [["method", *heads[0]]]
        lines += [[name, *row] for name, found in tables.items() for row in found]
    else:
        lines = [list(row) for row in rows(record)]
    return "".join(",".join(map(_word, line)) + "\n" for line in lines)


@singledispatch
def rows(record: Any) -> Rows:
    """Headings, then the rows of a record's table. Another kind of record registers its own."""
    raise TypeError(f"no table of {type(record).__name__}")


@rows.register
def _(record: Line) -> Rows:
    yield ["a", "loss", "slope"]
    yield from zip(record.a, record.values, record.slopes, strict=True)


@rows.register
def _(record: Surface) -> Rows:
    yield ["a", "b", "loss"]
    for (i, j), value in np.ndenumerate(record.values):
        yield record.a[i], record.b[j], value


@rows.register
def _(record: Run) -> Rows:
    each = ("scales", "gradients", "lengths")
    yield ["step", "loss", "accuracy_after", *_numbered(each, record.net.depth + 1)]
    accuracy = dict(zip(record.checked.tolist(), record.accuracy, strict=True))
    for step, loss in enumerate(record.loss):
        layers = (value for name in each for value in getattr(record, name)[step])
        yield step, loss, accuracy.get(step + 1, ""), *layers


@rows.register
def _(record: Smoothness) -> Rows:
    curves = ("loss", "gradient", "loss_range", "gradient_change", "beta", "eigenvalue")
    along = [f"{name}_at_{size:g}" for name in ("loss", "gradient_change")
             for size in record.multiples]  # fmt: skip
    yield ["seed", "step", *curves, *_numbered(("lengths",), record.net.depth + 1), *along]
    values = [getattr(record, name) for name in curves]
    for k, seed in enumerate(record.seeds):
        for i, step in enumerate(record.steps):
            more = (record.lengths, record.along, record.change)
            yield seed, step, *(v[k, i] for v in values), *(v for m in more for v in m[k, i])


@rows.register
def _(record: Sweep) -> Rows:
    yield ["rate", "seed", "final_loss", "trains", "diverged_at"]
    for (i, k), step in np.ndenumerate(record.diverged):
        ended = "" if step < 0 else step
        yield record.rates[i], record.seeds[k], record.final[i, k], record.trains[i, k], ended


@rows.register
def _(record: Rescaling) -> Rows:
    curves = ("loss", "gradient", "eigenvalue")
    yield ["seed", "factor", *curves]
    for (k, i), _ in np.ndenumerate(record.loss):
        yield record.seeds[k], record.factors[i], *(getattr(record, name)[k, i] for name in curves)


def _numbered(names: Sequence[str], count: int) -> list[str]:
    return [f"{name}_{number}" for name in names for number in range(count)]


def _word(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    return f"{value:.9g}" if isinstance(value, float | np.floating) else str(value)
