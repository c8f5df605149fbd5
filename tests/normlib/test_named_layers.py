"""The named layers are those of `torch.nn`: same numbers, same state, same errors."""

import copy
import pickle

import pytest
import torch
from torch.testing._internal.common_modules import module_db

from normlib import NormError
from tests.normlib.named_cases import (
    NAMES,
    OURS,
    STATEFUL,
    THEIRS,
    batch,
    build,
    one_core,
    outcome,
    pair,
    parameters_of,
    same,
    shape_of,
    step,
)

INFO = {info.module_cls.__name__: info for info in module_db if info.module_cls in THEIRS.values()}
MODES = pytest.mark.parametrize("training", [True, False])
every_layer = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def small_kernels_stay_on_one_core():
    with one_core():
        yield


def inputs(name, dtype, training, function="module_inputs_func"):
    """torch's own samples, drawn with a seed of their own."""
    draw = getattr(INFO[name], function)
    if draw is None:
        return []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        return draw(INFO[name], "cpu", dtype, requires_grad=True, training=training)


def make(classes, name, sample):
    given = sample.constructor_input
    return classes[name](*given.args, **given.kwargs)


@MODES
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-6)])
@every_layer
def test_three_steps_and_a_prediction_are_torchs_on_torchs_own_samples(
    name, dtype, tolerance, training
):
    for sample in inputs(name, dtype, training):
        ours, theirs = (make(classes, name, sample).to(dtype) for classes in (OURS, THEIRS))
        (x,) = sample.forward_input.args
        for turn in range(3):
            for module in (ours, theirs):
                module.train(training)
            same(step(ours, x * (turn + 1) + turn), step(theirs, x * (turn + 1) + turn), tolerance)
        same(step(ours.eval(), x), step(theirs.eval(), x), tolerance)


def test_torch_has_more_than_100_samples_of_each_dtype():
    assert set(INFO) == set(NAMES)
    for dtype in (torch.float32, torch.float64):
        drawn = [len(inputs(name, dtype, mode)) for name in NAMES for mode in (True, False)]
        assert min(drawn) > 0
        assert sum(drawn) > 100


def test_torchs_own_wrong_requests_are_refused_with_torchs_words():
    refused = [
        (name, wrong)
        for name in NAMES
        for wrong in inputs(name, torch.float32, True, "module_error_inputs_func")
    ]
    assert len(refused) >= 8
    for name, wrong in refused:
        sample = wrong.module_error_input
        with pytest.raises(wrong.error_type, match=wrong.error_regex):
            make(OURS, name, sample)(*sample.forward_input.args)


@every_layer
def test_the_constructor_is_torchs_with_accurate_as_the_one_extra(name):
    *first, extra = parameters_of(OURS[name])
    theirs = parameters_of(THEIRS[name])
    assert [(p.name, p.kind, p.default) for p in first] == [
        (p.name, p.kind, p.default) for p in theirs
    ]
    assert (extra.name, extra.kind, extra.default) == ("accurate", extra.KEYWORD_ONLY, False)
    (ours,), (forward,) = (
        [p.name for p in parameters_of(classes[name].forward)][1:] for classes in (OURS, THEIRS)
    )
    assert ours == forward


@every_layer
def test_a_layer_is_an_instance_of_torchs_and_prints_like_it(name):
    ours, theirs = pair(name, eps=1e-3)
    assert isinstance(ours, THEIRS[name])
    assert repr(ours) == repr(theirs)
    assert repr(build(OURS, name, accurate=True)).endswith(", accurate=True)")


@every_layer
def test_state_loads_strictly_in_both_directions(name):
    ours, theirs = pair(name)
    x = batch(shape_of(name))
    for there, back in ((ours, build(THEIRS, name)), (theirs, build(OURS, name))):
        there(x)
        assert list(there.state_dict()) == list(back.state_dict())
        back.load_state_dict(there.state_dict(), strict=True)
        for key, value in there.state_dict().items():
            assert torch.equal(back.state_dict()[key], value)
        assert torch.equal(back.eval()(x), there.eval()(x))


@pytest.mark.parametrize("name", STATEFUL)
def test_a_checkpoint_from_before_the_count_keeps_the_count(name):
    old = build(THEIRS, name)
    old(batch(shape_of(name)))
    state = {k: v for k, v in old.state_dict().items() if k != "num_batches_tracked"}
    ours = build(OURS, name)
    ours.num_batches_tracked.fill_(7)
    ours.load_state_dict(dict(state), strict=True)
    assert ours.num_batches_tracked == 7
    assert torch.equal(ours.running_mean, old.running_mean)
    new = old.state_dict()  # one that says its version, and so has no excuse
    del new["num_batches_tracked"]
    with pytest.raises(RuntimeError, match="num_batches_tracked"):
        ours.load_state_dict(new, strict=True)


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@every_layer
def test_copies_go_their_own_way(name, clone):
    first = build(OURS, name, accurate=True)
    x = batch(shape_of(name))
    first(x)
    second = clone(first)
    assert type(second) is type(first)
    assert second.accurate
    before = copy.deepcopy(first.state_dict())
    assert torch.equal(second(x), first(x))
    for _ in range(3):
        second(x + 1)
    if name in STATEFUL:
        assert not torch.equal(second.running_mean, first.running_mean)
        assert not torch.equal(before["running_mean"], first.running_mean)


@MODES
@every_layer
def test_the_memory_format_is_torchs(name, training):
    ours, theirs = pair(name)
    x = batch(shape_of(name))
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    order = formats.get(x.dim(), torch.contiguous_format)
    for given in (x.contiguous(memory_format=order), x.transpose(-1, -2).contiguous().mT):
        ours.train(training), theirs.train(training)
        y, expected = ours(given), theirs(given)
        assert y.stride() == expected.stride()
        assert torch.equal(y, expected)


@every_layer
def test_layers_on_the_meta_device_know_their_shapes(name):
    module = build(OURS, name, device="meta", dtype=torch.float64)
    assert all(value.is_meta for value in module.state_dict().values())
    assert module(torch.empty(shape_of(name), device="meta", dtype=torch.float64)).is_meta
    real = module.to_empty(device="cpu")
    real.reset_parameters()
    x = batch(shape_of(name), dtype=torch.float64)
    assert torch.equal(real(x), build(THEIRS, name, dtype=torch.float64)(x))


@MODES
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@every_layer
def test_half_precision_is_as_near_to_the_truth_as_torchs(name, dtype, training):
    ours, theirs = (module.to(dtype).train(training) for module in pair(name))
    x = batch(shape_of(name, n=8), dtype=dtype)
    truth = step(copy.deepcopy(theirs).double(), x.double())
    found, expected = step(ours, x), step(theirs, x)
    for key in {"y", "x", "weight", "bias"} & truth.keys():
        assert found[key].dtype == dtype
        largest = truth[key].abs().max()
        ours_off, theirs_off = (
            (answer[key].double() - truth[key]).abs().max() / largest
            for answer in (found, expected)
        )
        assert ours_off <= theirs_off + torch.finfo(dtype).eps


@MODES
@every_layer
def test_inference_mode_answers_like_torch(name, training):
    ours, theirs = (module.train(training) for module in pair(name))
    x = batch(shape_of(name))
    with torch.inference_mode():
        assert torch.equal(ours(x), theirs(x))
    same(step(ours, x), step(theirs, x), 1e-6)


@MODES
@every_layer
def test_any_shape_is_answered_or_refused_as_torch_does(name, training):
    whole = shape_of(name)
    shapes = [
        (), (4,), (0, 4), (1, 4), (0, *whole[1:]), (1, *whole[1:]), whole[1:], (*whole, 2),
        (3, 5, *whole[2:]), (3, 4, *(1 for _ in whole[2:])), (1, 4, *(1 for _ in whole[2:])),
        (3, 4, 0, *whole[3:]),
    ]  # fmt: skip
    answers = set()
    for shape in shapes:
        ours, theirs = (module.train(training) for module in pair(name))
        x = batch(shape)
        a, b = step(ours, x), step(theirs, x)
        answers.add(isinstance(b, type))
        if isinstance(b, type) and name in STATEFUL:
            assert ours.num_batches_tracked == 0
            assert torch.equal(ours.running_mean, torch.zeros(4))
        same(a, b, 1e-6)
    assert answers == {True, False}


@pytest.mark.parametrize("name", [name for name in STATEFUL if name.startswith("Instance")])
def test_a_needless_channel_count_is_warned_of_as_torch_does(name):
    for classes in (OURS, THEIRS):
        with pytest.warns(UserWarning, match="does not match num_features"):
            classes[name](9)(batch(shape_of(name)))


@pytest.mark.parametrize(("groups", "channels"), [(4, 6), (0, 6), (-2, 6), (7, 6)])
def test_groups_that_do_not_divide_the_channels_are_refused_at_once(groups, channels):
    with pytest.raises(NormError, match=r"Groups that fit: 1, 2, 3, 6\.") as error:
        OURS["GroupNorm"](groups, channels)
    assert error.value.code == "num_groups"
    assert isinstance(outcome(THEIRS["GroupNorm"], 3, 6), torch.nn.GroupNorm)
