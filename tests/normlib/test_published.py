"""What the table knows of a composition, however it is spelled."""

import itertools

import numpy as np
import pytest

from normlib import METHODS, Partition, Spec, apply, data, parameters
from normlib.compose import COMPOSABLE, GIVING_BACK, PER, compose
from normlib.methods import divisors
from normlib.published import published, reach, same_groups
from tests.normlib.test_compose import random_spec


def names(apart, operation="standardize", recovery="affine", per="channel", *, blocks="", **knobs):
    sizes = knobs.pop("sizes", (4, 6, 5, 3))
    method = compose(apart.split(), operation, recovery, per, blocks=blocks.split())
    return {match.spec.method for match in published(Spec(method.key, sizes, knobs=knobs)).named}


@pytest.mark.parametrize(
    ("composed", "method"),
    [
        (("c",), "batch"), (("n", "standardize", "affine", "feature"), "layer"),
        (("n h w",), "layer_position"), (("w h n", "rms", "scale"), "rms_position"),
        (("n c",), "instance"), (("n g",), "group"), (("n", "rms", "scale", "feature"), "rms"),
        (("n h w", "rms", "identity"), "pixel"),
        (("n h w", "standardize", "identity"), "positional"),
        (("n h w", "l2", "scale", "one"), "scale_norm"), (("c", "l1"), "l1_batch"),
        (("n c", "rms", "threshold"), "filter_response"), (("c", "center", "shift"), "mean_only"),
        (("n c", "outside", "identity"), "mean_variance"), (("b c",), "ghost"),
        (("c", "zca"), "zca_whitening"), (("c", "cholesky", "linear"), "coloring"),
    ],
)  # fmt: skip
def test_published_compositions_are_named(composed, method):
    assert method in names(*composed)


def test_group_whitening_needs_its_blocks():
    assert names("g", "zca", blocks="n") == {"group_whitening"}
    assert "group_whitening" not in names("n g", "zca")


@pytest.mark.parametrize("apart", ["h", "n k", "w", "h w", "n h", "g", "m c", ""])
def test_what_no_entry_of_the_table_has_is_new(apart):
    assert names(apart, groups=3) == set() if apart in ("n k", "g") else names(apart) == set()


def test_two_spellings_of_one_grouping_are_recognised():
    assert names("n g", groups=6) == names("n c") == names("n k", groups=1)
    assert names("b c", parts=1) == names("c") == names("m c", parts=4)
    assert names("n g", groups=1, per="feature") == names("n", per="feature") == {"layer"}


def test_a_match_by_an_axis_of_length_one_holds_here_only():
    spec = Spec(compose("c").key, (1, 6, 5, 3))
    found = {match.spec.method: match.here for match in published(spec).matches if match.same}
    assert not found["batch"]
    assert found["instance"]
    assert "instance" not in names("c", sizes=(1, 6, 5, 3))


def test_a_method_that_needs_nothing_switched_off_comes_first():
    spec = Spec(compose("nhw", recovery="identity").key, (4, 6, 5, 3))
    found = [(match.spec.method, match.bare) for match in published(spec).named]
    assert found == [("positional", False), ("layer_position", True)]


def test_another_recovery_is_a_relative_only():
    found = published(Spec(compose("c", recovery="residual").key, (4, 6, 5, 3)))
    assert not found.named
    assert found.matches[0].spec.method == "batch"


def test_every_match_computes_what_the_composition_computes():
    matched = 0
    for seed in range(300):
        spec = random_spec(seed)
        x = data.make("random", spec)
        given = parameters.seeded(spec, x)
        for match in published(spec).matches:
            if match.same:
                knobs = match.spec.settings | ({"eps": spec.eps} if spec.eps else {})
                other = Spec(match.spec.method, spec.sizes, spec.layout, knobs)
                np.testing.assert_allclose(apply(other, x, given), apply(spec, x, given),
                                           atol=1e-9)  # fmt: skip
                matched += 1
    assert matched > 20


OURS = [method for method, entry in METHODS.items()
        if entry.tensor == "activation" and not entry.pools and entry.operation in COMPOSABLE
        and entry.recovery in GIVING_BACK and entry.per in PER.values()]  # fmt: skip


@pytest.mark.parametrize("method", OURS)
def test_every_entry_made_of_what_can_be_composed_is_found_again(method):
    entry = METHODS[method]
    sizes, layout = ((4, 6, 3), "nct") if entry.needs == "time" else ((4, 6, 3, 2), "nchw")
    apart, blocks = (entry.axes(tuple(layout), names) for names in (entry.apart, entry.blocks))
    per = next(key for key, axes in PER.items() if axes == entry.per)
    composed = compose(apart, entry.operation, entry.recovery, per, blocks=blocks)
    assert method in {match.spec.method
                      for match in published(Spec(composed.key, sizes, layout)).named}  # fmt: skip


def test_the_entries_that_can_be_composed_are_many():
    assert len(OURS) == 24


@pytest.mark.parametrize(
    ("composed", "samples", "knobs", "expected"),
    [
        (("n c", "rms"), 4, {}, "within"), (("n c", "rms"), 1, {}, "within"),
        (("c", "rms"), 4, {}, "across"), (("c", "rms"), 1, {}, "single"),
        (("b c", "rms"), 4, {"parts": 2}, "across"), (("b c", "rms"), 4, {"parts": 4}, "single"),
        (("m", "rms"), 4, {"parts": 1}, "single"), (("n c", "zca"), 4, {}, "across"),
    ],
)  # fmt: skip
def test_what_reaches_across_samples_is_told(composed, samples, knobs, expected):
    spec = Spec(compose(composed[0].split(), composed[1]).key, (samples, 6, 2, 2), knobs=knobs)
    assert reach(spec) == expected
    assert reach(Spec(compose("g", "zca", blocks="n").key, (samples, 6, 2, 2))) == "within"
    x = data.make("random", spec)
    changed = x.copy()
    changed[1:] += np.random.default_rng(0).normal(size=x[1:].shape)
    alone = np.allclose(apply(spec, x)[0], apply(spec, changed)[0])
    assert alone == (expected != "across")


def test_groups_are_the_same_exactly_where_the_sets_of_entries_are():
    sizes = (2, 4, 3)
    kept = [[*whole] for count in range(3) for whole in itertools.combinations(
        ["n", "c", "t", "g", "k", "b", "m"], count)]  # fmt: skip
    kept = [k for k in kept if not ({"c"} & {*k} and {"g", "k"} & {*k})]
    kept = [k for k in kept if not ({"n"} & {*k} and {"b", "m"} & {*k})]
    found = [Partition(("n", "c", "t"), sizes, tuple(k), groups, parts)
             for k in kept for groups in divisors(4) for parts in divisors(2)]  # fmt: skip
    sets = [frozenset(map(frozenset, part.entries().T.tolist())) for part in found]
    for (one, ours), (two, theirs) in itertools.combinations(zip(found, sets, strict=True), 2):
        assert same_groups(one, two) == (ours == theirs), (one, two)
