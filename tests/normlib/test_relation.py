"""How the groups of two methods lie to each other, against sets made entry by entry."""

from itertools import product
from math import prod

import numpy as np
import pytest

from normlib import METHODS, Spec, members
from normlib.relation import relation, watched

SIZES = (2, 4, 2, 2)
SPECS = [
    Spec("batch", SIZES), Spec("layer", SIZES), Spec("instance", SIZES),
    Spec("layer_position", SIZES), Spec("group", SIZES, knobs={"groups": 2}),
    Spec("ghost", SIZES, knobs={"parts": 2}), Spec("divisive", SIZES),
    Spec("local_response", SIZES, knobs={"size": 3}), Spec("switchable", SIZES),
    Spec("zca_whitening", SIZES), Spec("cholesky_whitening", SIZES),
]  # fmt: skip


def slow_sets(spec):
    """For every entry the set of those that give it its statistics."""
    strides = [prod(spec.sizes[axis + 1 :]) for axis in range(len(spec.sizes))]
    return [set((members(spec, index) @ strides).tolist()) for index in np.ndindex(*spec.sizes)]


@pytest.mark.parametrize(("first", "second"), list(product(SPECS, SPECS)))
def test_relations_are_those_of_the_sets_of_every_entry(first, second):
    pairs = list(zip(slow_sets(first), slow_sets(second), strict=True))
    expected = (
        "same" if all(a == b for a, b in pairs)
        else "finer" if all(a <= b for a, b in pairs)
        else "coarser" if all(a >= b for a, b in pairs)
        else "crossing"
    )  # fmt: skip
    assert relation(watched(first), watched(second)) == expected


@pytest.mark.parametrize(
    ("spec", "training", "kind", "count", "sizes"),
    [
        (Spec("batch", SIZES), True, "groups", 4, (8, 8)),
        (Spec("batch", SIZES), False, "stored", 1, (0, 0)),
        (Spec("frozen", SIZES), True, "stored", 1, (0, 0)),
        (Spec("dynamic_tanh", SIZES), True, "none", 1, (0, 0)),
        (Spec("cross", SIZES), True, "groups", 8, (4, 4)),
        (Spec("cross", SIZES), False, "untouched", 1, (0, 0)),
        (Spec("renorm", SIZES), True, "partly", 4, (8, 8)),
        (Spec("batch_instance", SIZES), False, "partly", 8, (4, 4)),
        (Spec("switchable", SIZES), False, "partly", 2, (16, 16)),
        (Spec("cumulative_layer", (2, 3, 4)), True, "windows", 8, (3, 12)),
        (Spec("precise", SIZES, knobs={"parts": 2}), True, "groups", 4, (8, 8)),
        (Spec("pca_whitening", SIZES), True, "groups", 1, (32, 32)),
    ],
)
def test_it_is_known_what_statistics_are_taken_from(spec, training, kind, count, sizes):
    seen = watched(spec, training=training)
    assert (seen.kind, seen.count, seen.sizes) == (kind, count, sizes)


def test_moved_entries_keep_their_names():
    order = np.arange(24).reshape(4, 6).T
    rows, columns = watched(Spec("layer", (4, 6))), watched(Spec("batch", (6, 4)), order=order)
    assert relation(rows, columns) == "same"
    assert relation(rows, watched(Spec("batch", (4, 6)))) == "crossing"


def test_every_method_has_a_place_in_training_and_prediction():
    for method in METHODS.values():
        sizes = (2, 4, 3) if method.needs == "time" else SIZES
        for training in (True, False):
            seen = watched(Spec(method.key, sizes), training=training)
            assert len(seen.column) == prod(sizes)
            assert max(seen.column) < len(seen.sets)
