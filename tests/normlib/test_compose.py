"""Compositions are methods like those of the table, though no table holds them."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from normlib import LAYOUTS, METHODS, NormError, Spec, apply, data, members, parameters, trace
from normlib import code as source_of
from normlib.compose import COMPOSABLE, EXAMPLES, GIVING_BACK, GRADIENTS, PER, compose, from_key
from normlib.layers import Norm
from normlib.methods import divisors
from normlib.operations import OPERATIONS
from normlib.partition import SPLITS
from normlib.pattern import parse

WRITERS = {"numpy": source_of.numpy_code, "torch": source_of.torch_code}
CASES = range(220)


def random_spec(seed: int) -> Spec:
    """Any partition, operation and recovery on any layout, all drawn from a seed."""
    rng = np.random.default_rng(seed)
    layout = str(rng.choice(list(LAYOUTS)))
    sizes = tuple(int(rng.choice([1, 2, 3, 4, 6])) if axis in "nc" else int(rng.integers(1, 4))
                  for axis in layout)  # fmt: skip
    named = [axis for axis in layout if rng.random() < 0.5]
    for outer, (axis, inner) in SPLITS.items():
        if axis in named and rng.random() < 0.5:
            named[named.index(axis)] = str(rng.choice([outer, inner]))
    rng.shuffle(named)
    operation, recovery, per = (str(rng.choice(list(known)))
                                for known in (COMPOSABLE, GIVING_BACK, PER))  # fmt: skip
    cut = int(rng.integers(0, len(named) + 1)) if OPERATIONS[operation].mixes else 0
    method = compose(named[cut:], operation, recovery, per, blocks=named[:cut])
    lengths = dict(zip(layout, sizes, strict=True))
    knobs = {knob.name: int(rng.choice(divisors(lengths[knob.divides])))
             for knob in method.knobs if knob.divides}  # fmt: skip
    if method.operation != "center":
        knobs |= {"eps": float(rng.choice([1e-3, 0.1]))}
    return Spec(method.key, sizes, layout, knobs, seed)


def run(source: str) -> np.ndarray:
    names: dict[str, object] = {}
    exec(source, names)
    return np.asarray(names["y"])


@pytest.mark.parametrize("library", WRITERS)
def test_the_code_of_any_composition_gives_the_answer_of_trace_and_apply(library):
    seen = set()
    for seed in CASES:
        spec = random_spec(seed)
        x = data.make("random", spec)
        given = parameters.seeded(spec, x)
        expected = apply(spec, x, given)
        np.testing.assert_array_equal(trace(spec, x, given).output, expected)
        found = run(WRITERS[library](spec, x, given))
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8, err_msg=spec.method)
        seen |= {spec.entry.operation, spec.recovery.key, spec.layout, *spec.partition.kept}
    assert seen >= {*COMPOSABLE, *GIVING_BACK, *LAYOUTS, *"nchwtdgkbm"}


def test_numpy_and_torch_are_normalized_alike():
    for seed in CASES:
        spec = random_spec(seed)
        x = data.make("random", spec)
        np.testing.assert_allclose(apply(spec, torch.tensor(x)), apply(spec, x), atol=1e-9)


def test_a_torch_layer_takes_a_composition():
    for seed in range(40):
        spec = random_spec(seed)
        x = data.make("random", spec)
        layer = Norm(spec).double().train()
        np.testing.assert_allclose(layer(torch.tensor(x)).detach(), apply(spec, x), atol=1e-8)


def test_a_key_makes_its_composition_again_and_the_table_stays_as_it_is():
    before = dict(METHODS)
    for seed in CASES:
        spec = random_spec(seed)
        assert from_key(spec.method) == spec.entry
        assert Spec.from_query(spec.to_query()) == spec
        assert replace(spec, seed=1).entry == spec.entry
        assert {spec: 1}[pickle.loads(pickle.dumps(spec))] == 1
    assert before == METHODS


@pytest.mark.parametrize("apart", [("h",), ("n", "k"), ("m", "c"), ("n", "g", "h"), ()])
def test_the_members_of_a_group_agree_on_every_kept_axis(apart):
    spec = Spec(compose(apart).key, (4, 6, 3, 2),
                knobs={k.name: 2 for k in compose(apart).knobs if k.divides})  # fmt: skip
    index = (1, 4, 2, 0)
    lengths = {"n": (lambda i: i[0]), "c": (lambda i: i[1]), "h": (lambda i: i[2]),
               "g": (lambda i: i[1] // 3), "k": (lambda i: i[1] % 3),
               "m": (lambda i: i[0] % 2)}  # fmt: skip
    expected = [entry for entry in np.ndindex(*spec.sizes)
                if all(lengths[axis](entry) == lengths[axis](index) for axis in apart)]  # fmt: skip
    assert sorted(map(tuple, members(spec, index).tolist())) == expected


def test_operations_that_treat_every_column_by_itself_need_no_blocks():
    assert compose("h", blocks="n") == compose("nh")
    assert compose("h", "zca", blocks="n").blocks == "n"
    assert compose("k", blocks="g") == compose("c")


def test_channels_of_a_group_can_be_whitened_together():
    spec = Spec(compose("k", "zca", "identity", blocks="g").key, (40, 6, 3, 2),
                knobs={"groups": 3, "eps": 1e-9})  # fmt: skip
    assert spec.partition.pattern == "n (g k) h w -> g (n h w) k"
    y = apply(spec, data.make("random", spec)).transpose(1, 0, 2, 3).reshape(6, -1)
    covariance = y @ y.T / y.shape[1]
    for g in range(3):
        block = covariance[2 * g : 2 * g + 2, 2 * g : 2 * g + 2]
        np.testing.assert_allclose(block, np.eye(2), atol=1e-6)
    assert abs(covariance[0, 2]) > 1e-3


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_examples_can_be_computed(example):
    lengths = {"n": 4, "c": 6, "h": 4, "w": 4}
    kept = parse(example.text, lengths)
    method = compose(kept.apart, example.operation, example.recovery, example.per,
                     blocks=kept.blocks)  # fmt: skip
    spec = Spec(method.key, tuple(lengths.values()))
    assert np.isfinite(apply(spec, data.make("random", spec))).all()


@pytest.mark.parametrize(
    "key",
    ["keep", "keep ", "keep n", "keep n n, standardize, affine per channel",
     "keep c g, standardize, affine per channel", "keep h, tanh, affine per channel",
     "keep h, standardize, swap per channel", "keep h, standardize, affine per pixel",
     "keep h, standardize, affine", "keep h, standardize, identity per one",
     "keep 1 1, rms, identity", "keep n / h, rms, identity", "KEEP h, rms, identity",
     "keep h, rms, identity\n", "keep " + "h " * 999],
)  # fmt: skip
def test_a_key_that_describes_nothing_is_an_unknown_method(key):
    with pytest.raises(NormError) as problem:
        Spec(key, (2, 3, 4, 5))
    assert problem.value.code == "unknown_method"


@pytest.mark.parametrize("wrong", [{"operation": "tanh"}, {"recovery": "swap"}, {"per": "pixel"}])
def test_what_cannot_be_composed_is_said(wrong):
    with pytest.raises(NormError, match=next(iter(wrong.values()))) as problem:
        compose(["n"], **wrong)
    assert problem.value.code == "composition"


@pytest.mark.parametrize(("apart", "layout"), [("h", "nct"), ("t", "nchw"), ("nd", "nchw")])
def test_a_layout_without_a_kept_axis_is_refused(apart, layout):
    with pytest.raises(NormError) as problem:
        Spec(compose(apart).key, (2, 3, 4, 5)[: len(layout)], layout)
    assert problem.value.code == "needs_axes"


def test_every_operation_that_is_offered_has_its_gradient():
    assert set(COMPOSABLE) == set(GRADIENTS)
