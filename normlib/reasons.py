"""Why two normalizations agree or do not: what tells them apart, and what would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np

from normlib import data
from normlib.comparison import Comparison, Side, compare, with_knobs
from normlib.methods import divisors
from normlib.spec import Spec
from normlib.trace import Trace

KEYS = ("statistics", "operation", "eps", "only_eps", "recovery", "shapes", "steady", "both",
        "single", "by_shape", "by_setting", "by_data", "by_values", "by_mode", "always",
        "untold")  # fmt: skip
ROOMY = 2  # length of an axis that had but one entry
PLAIN = 1e-6  # of the largest number: a difference that no rounding explains
SEEDS = 3  # of parameters that are tried


@dataclass(frozen=True)
class Reason:
    """One fact that speaks for or against.

    Attributes:
        key: one of `KEYS`.
        facts: what its sentence names.

    Of answers that differ: ``statistics``, ``operation``, ``eps``, ``recovery``, ``shapes`` name
    what is not the same, ``only_eps`` that with eps = 0 they would agree; ``steady`` says that
    their factor is the same for every tensor that was tried. Of answers that agree: ``both`` says
    that the two take the same statistics and do the same with them, ``single`` that every group
    holds a single entry; then one of ``by_shape``, ``by_setting``, ``by_data`` with what was
    found to tell them apart, or ``always`` (nothing can), or ``untold`` (nothing that was tried
    did). ``by_values`` and ``by_mode`` follow where other values of the parameters, or the other
    one of training and prediction, tell them apart.
    """

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


def why(found: Comparison) -> tuple[Reason, ...]:
    """The reasons for what `compare` found, the most telling first; at least one."""
    return tuple(_agreeing(found) if found.agree == "equal" else _differing(found))


def _differing(found: Comparison) -> Iterator[Reason]:
    yield from _unlike(found)
    one, two = (with_knobs(side, eps=0.0) for side in found.sides)
    if (one, two) != found.sides:
        again = _again(found, one, two)
        if again.agree not in ("different", found.agree):
            yield Reason("only_eps", {"agree": again.agree, "factor": again.factor})
    if found.agree == "factor":
        factors = [again.factor for _, again in _other_data(found)]
        if np.allclose(factors, found.factor, rtol=PLAIN):
            yield Reason("steady", {"factor": found.factor})


def _unlike(found: Comparison) -> Iterator[Reason]:
    """What is not the same in statistics, operation, eps and recovery."""
    first, second = (side.spec for side in found.sides)
    kinds = [seen.kind for seen in found.watched]
    if found.relation != "same" or kinds[0] != kinds[1]:
        yield Reason("statistics", {"relation": found.relation})
    operations = [spec.operates(found.training).key for spec in (first, second)]
    untouched = "untouched" in kinds
    if operations[0] != operations[1] and not untouched:
        yield Reason("operation", dict(zip(("first", "second"), operations, strict=True)))
    if first.eps != second.eps and {"eps"} <= {*first.settings} & {*second.settings}:
        yield Reason("eps", {"first": first.eps, "second": second.eps})
    if any(map(_recovers, found.traces)) and not untouched:
        if first.recovery.key != second.recovery.key:
            keys = first.recovery.key, second.recovery.key
            yield Reason("recovery", dict(zip(("first", "second"), keys, strict=True)))
        elif not np.array_equal(_gammas(found.sides[0], found.x), _gammas(found.sides[1], found.x)):
            yield Reason("shapes")


def _agreeing(found: Comparison) -> Iterator[Reason]:
    alike_in_all = not list(_unlike(found))
    if alike_in_all:
        yield Reason("both")
    if all(seen.kind == "groups" and seen.sizes == (1, 1) for seen in found.watched):
        yield Reason("single")
    told = next(_witnesses(found, data_too=not alike_in_all), None)
    if told is None:
        told = Reason("always" if alike_in_all else "untold")
    yield told
    for again in _other_values(found, alike_in_all):
        if _tells(again):
            yield Reason("by_values", {"difference": again.difference})
            break
    again = _again(found, *found.sides, training=not found.training)
    if _tells(again):
        yield Reason("by_mode", {"training": again.training, "difference": again.difference})


def _witnesses(found: Comparison, *, data_too: bool) -> Iterator[Reason]:
    """Changes that make the two answers differ, as found by trying."""
    first, second = found.sides
    if first.move == second.move == "same":
        sizes = tuple(max(size, ROOMY) for size in first.spec.sizes)
        if sizes != first.spec.sizes:
            one, two = (_of_sizes(side, sizes) for side in found.sides)
            again = _again(found, one, two, data.make("random", one.spec))
            if _tells(again):
                yield Reason("by_shape", {"sizes": sizes, "difference": again.difference})
        yield from _settings(found)
    if data_too:
        for kind, again in _other_data(found):
            if _tells(again):
                yield Reason("by_data", {"kind": kind, "difference": again.difference})


def _settings(found: Comparison) -> Iterator[Reason]:
    first, second = found.sides
    for place, side in enumerate(found.sides):
        for knob in side.spec.entry.knobs:
            if not knob.divides:
                continue
            for value in divisors(side.spec.lengths[knob.divides]):
                sides = [first, second]
                sides[place] = with_knobs(side, **{knob.name: value})
                again = _again(found, sides[0], sides[1])
                if _tells(again):
                    yield Reason("by_setting", {
                        "place": place, "knob": knob.name, "now": side.spec[knob.name],
                        "value": value, "difference": again.difference,
                    })  # fmt: skip


def _other_data(found: Comparison) -> Iterator[tuple[str, Comparison]]:
    """The same comparison on tensors of every kind, none of them the one at hand."""
    side = found.sides[0]
    other = side.spec if side.move == "same" else Spec("layer", found.x.shape)
    other = replace(other, seed=side.spec.seed + 1)
    for kind in data.KINDS:
        yield kind, _again(found, *found.sides, data.make(kind, other))


def _other_values(found: Comparison, alike_in_all: bool) -> Iterator[Comparison]:
    """The same comparison with other values of the parameters."""
    if not found.learned:
        one, two = (with_knobs(side, affine=True) for side in found.sides)
        yield _again(found, one, two, learned=True)
    elif not alike_in_all:
        for more in range(1, SEEDS + 1):
            seed = found.sides[0].spec.seed + more
            one, two = (replace(side, spec=replace(side.spec, seed=seed)) for side in found.sides)
            yield _again(found, one, two)


def _tells(again: Comparison) -> bool:
    return again.difference > PLAIN * again.scale


def _again(
    found: Comparison, first: Side, second: Side, x: np.ndarray | None = None, **changed: bool
) -> Comparison:
    """The same comparison with something changed."""
    settings = {"training": found.training, "learned": found.learned} | changed
    return compare(first, second, found.x if x is None else x, **settings)


def _of_sizes(side: Side, sizes: tuple[int, ...]) -> Side:
    return replace(side, spec=replace(side.spec, sizes=sizes))


def _gammas(side: Side, x: np.ndarray) -> np.ndarray:
    """Which gamma every entry meets."""
    lengths = [size if axis in side.spec.parameter_axes else 1
               for axis, size in side.spec.lengths.items()]  # fmt: skip
    numbers = np.arange(prod(lengths)).reshape(lengths)
    return side.back(np.broadcast_to(numbers, side.spec.sizes), x.shape)


def _recovers(found: Trace) -> bool:
    """Whether the step ``recover`` changes a number."""
    return "recover" in found.names and not np.array_equal(
        found["normalize"].array, found["recover"].array
    )


def learned_shapes(spec: Spec) -> dict[str, tuple[int, ...]]:
    """Shape of all that a method learns or is given, stored statistics apart."""
    return {name: shape for name, shape in spec.parameter_shapes.items()
            if not name.startswith("running")}  # fmt: skip
