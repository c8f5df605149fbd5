"""`Norm`: both roads against the judges, modes, conditions, state, and what Python asks of it."""

import copy
import pickle
import threading

import numpy as np
import pytest
import torch

from normlib import METHODS, NormError, Spec
from normlib.layers import ORACLES, oracle
from normlib.layers.answering import NAMES
from normlib.layers.estimate import STATE
from normlib.layers.explain import explain
from normlib.layers.norm import Norm
from tests.normlib.cases import LAYOUTS_OF, SHAPES, gamma_beta, random_spec
from tests.normlib.norm_cases import (
    ACTIVATIONS,
    EIGHT,
    WATCHING,
    batch_of,
    close,
    conditions_of,
    filled,
    gradients,
)

every_method = pytest.mark.parametrize("method", ACTIVATIONS)
CASES = [(method, layout) for method in ACTIVATIONS for layout in LAYOUTS_OF[method]]


@pytest.mark.parametrize("accurate", [False, True])
@pytest.mark.parametrize(("method", "layout"), CASES)
def test_values_and_gradients_are_those_of_the_judge(method, layout, accurate):
    layer, spec, given = filled(method, layout, accurate=accurate)
    by_batch = method != "act"  # which has seen its first batch
    x = batch_of(spec).requires_grad_()
    learned = {name: given[name] for name in given.keys() - {*layer.conditions, *STATE}}
    leaves = [value.requires_grad_() for value in learned.values()]
    theirs = oracle(spec, x, given, by_batch)
    expected = gradients(theirs, [x, *leaves], spec)
    ours = layer(x, **conditions_of(layer, given))
    own = [layer.get_parameter(NAMES.get(name, name)) for name in learned]
    close(ours, theirs, 1e-10)
    for a, b in zip(gradients(ours, [x, *own], spec), expected, strict=True):
        close(a, b, 1e-9)


@pytest.mark.parametrize("accurate", [False, True])
@pytest.mark.parametrize(("method", "layout"), CASES)
def test_prediction_is_that_of_the_judge_and_moves_nothing(method, layout, accurate):
    layer, spec, given = filled(method, layout, accurate=accurate)
    layer.eval()
    before = copy.deepcopy(layer.state_dict())
    x = batch_of(spec)
    close(layer(x, **conditions_of(layer, given)), oracle(spec, x, given, False), 1e-10)
    for name, value in layer.state_dict().items():
        assert torch.equal(value, before[name])


@every_method
def test_both_roads_are_the_judge_in_any_order_of_axes(method):
    rng = np.random.default_rng(3)
    for seed in range(8):
        spec = random_spec(method, rng, eps=(1e-5, 1e-2))
        for accurate in (False, True):
            layer, _, given = filled(spec, accurate=accurate)
            if layer.watches and spec.sizes[spec.axes.index("c")] == np.prod(spec.sizes):
                continue  # one value per channel
            x = batch_of(spec, seed)
            for training in (True, False):
                asked = conditions_of(layer, given)
                expected = oracle(spec, x, given, training and method != "act")
                close(explain(layer.train(training), x, **asked).output, expected.numpy(), 1e-8)
                close(layer(x, **asked), expected, 1e-8)
                layer, _, given = filled(spec, accurate=accurate)


@pytest.mark.parametrize("method", ["film", "adaptive_layer", "spade", "adaptive_instance"])
def test_a_gradient_of_what_is_given_is_that_of_the_judge(method):
    layer, spec, given = filled(method)
    x = batch_of(spec)
    leaves = [given[name].requires_grad_() for name in layer.conditions]
    ours, theirs = layer(x, **conditions_of(layer, given)), oracle(spec, x, given, True)
    pairs = (gradients(y, leaves, spec) for y in (ours, theirs))
    for a, b in zip(*pairs, strict=True):
        close(a, b, 1e-9)


@every_method
def test_channels_alone_make_the_same_layer_for_every_shape(method):
    if METHODS[method].per == "c ..." or method == "recurrent_batch":
        with pytest.raises(NormError, match=r"Norm\(Spec\("):
            Norm(method, 6)
        return
    knobs = {knob.name: 3 for knob in METHODS[method].knobs if knob.name == "groups"}
    layer = Norm(method, 6, dtype=torch.float64, **knobs)
    for layout in LAYOUTS_OF[method]:
        if layout == "nhwc":
            continue
        of_spec = Norm(Spec(method, SHAPES[layout], layout, knobs), dtype=torch.float64)
        x = batch_of(of_spec.spec)
        given = {name: torch.from_numpy(value) for name, value in gamma_beta(of_spec.spec).items()}
        of_spec.load_state_dict(layer.state_dict())
        ours, theirs = (one(x, **conditions_of(one, given)) for one in (layer, of_spec))
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("place", [-1, 3])
def test_channels_may_stand_last(place):
    last = Norm("group", 6, groups=3, channel_axis=place)
    x = batch_of(Spec("batch", (4, 6, 3, 5)), dtype=torch.float32)
    assert torch.allclose(last(x.movedim(1, -1)), Norm("group", 6, groups=3)(x).movedim(1, -1))


@pytest.mark.parametrize("method", EIGHT)
def test_the_accurate_road_holds_where_the_kernel_has_lost_its_digits(method):
    layer, spec, _ = filled(method, dtype=torch.float32, accurate=True)
    layer.reset_parameters()
    x = batch_of(spec, dtype=torch.float32) + 1e6
    exact = oracle(spec, x.double(), {}, True)
    assert (layer(x) - exact).abs().max() < 4e-6
    layer.accurate = False
    assert (layer(x) - exact).abs().max() < 0.5


@pytest.mark.parametrize("eps", [0.0, 1e-5])
@pytest.mark.parametrize("method", ["batch", "layer", "instance", "group", "rms", "ghost"])
def test_constant_groups_give_beta_and_a_finite_gradient(method, eps):
    spec = Spec(method, (4, 6, 3, 3), knobs={"eps": eps})
    layer = Norm(spec)
    x = torch.zeros(spec.sizes, requires_grad=True)
    y = layer(x)
    y.square().sum().backward()
    assert torch.equal(y, torch.zeros_like(y))
    assert x.grad.isfinite().all()


TIED = {
    "tied": lambda x: torch.linalg.qr(x.movedim(1, -1).reshape(-1, 6))[0].reshape(
        4, 3, 5, 6).movedim(-1, 1),
    "doubled": lambda x: x[:, [0, 0, 1, 1, 2, 3]],
    "with a constant channel": lambda x: torch.cat((x[:, :5], 0 * x[:, :1] + 2), 1),
    "all zero": lambda x: 0 * x,
}  # fmt: skip


@pytest.mark.parametrize("kind", TIED)
@every_method
def test_gradients_are_finite_where_eigenvalues_are_tied_or_nothing_spreads(method, kind):
    sizes = (4, 6, 15) if METHODS[method].needs == "time" else (4, 6, 3, 5)
    layer = Norm(Spec(method, sizes), dtype=torch.float64)
    x = TIED[kind](batch_of(Spec("batch", (4, 6, 3, 5)))).reshape(sizes).requires_grad_()
    given = {name: torch.from_numpy(value) for name, value in gamma_beta(layer.spec).items()}
    y = layer(x, **conditions_of(layer, given))
    y.backward(batch_of(Spec("batch", sizes), 5))
    assert y.isfinite().all()
    for value in (x, *layer.parameters()):
        assert value.grad.isfinite().all()


@pytest.mark.parametrize("method", ["zca_whitening", "group_whitening", "cholesky_whitening",
                                    "iterative_whitening"])  # fmt: skip
def test_the_gradient_of_whitening_is_the_slope_also_at_a_tie(method):
    spec = Spec(method, (4, 6, 3, 5), knobs={"eps": 1e-3})
    layer = Norm(spec, dtype=torch.float64)
    x = TIED["tied"](batch_of(spec)) * 4
    assert torch.autograd.gradcheck(layer, x.requires_grad_(), atol=1e-6)


def test_a_second_derivative_is_refused_instead_of_wrong():
    layer = Norm("zca_whitening", 6, dtype=torch.float64)
    x = batch_of(Spec("batch", (8, 6))).requires_grad_()
    (grad,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        grad.sum().backward()


def test_standardizing_keeps_one_array_for_the_gradient():
    kept = []
    layer = Norm("conditional_batch", 6, classes=2)
    x = batch_of(Spec("batch", (8, 6, 9, 9)), dtype=torch.float32).requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        layer(x, labels=torch.arange(8) % 2)
    large = {t.data_ptr() for t in kept if t.numel() == x.numel()}
    assert len(large) <= 2  # what was normalized, as matrix and as tensor


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@every_method
def test_half_precision_comes_back_and_is_as_right_as_it_can_be(method, dtype):
    layer, spec, given = filled(method, dtype=torch.float32)
    x = batch_of(spec, dtype=torch.float32).to(dtype)
    exact, _, _ = filled(method, dtype=torch.float32, accurate=True)
    asked = conditions_of(layer, given)
    y = layer.to(dtype)(x, **asked)
    assert y.dtype == dtype
    for name, value in layer.state().items():
        assert value.dtype in (torch.float32, torch.int64), name
    for name, value in exact.named_parameters():
        value.data.copy_(layer.get_parameter(name))
    expected = exact(x.float(), **{k: v.to(x) if v.is_floating_point() else v
                                   for k, v in asked.items()})  # fmt: skip
    size = expected.abs().max()
    assert (y.float() - expected).abs().max() <= 8 * torch.finfo(dtype).eps * max(size, 1)


@every_method
def test_copies_pickles_and_loaded_states_answer_alike(method):
    layer, spec, given = filled(method, dtype=torch.float32)
    empty = Norm(spec)
    empty.load_state_dict(layer.state_dict())
    copies = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), empty]
    x, asked = batch_of(spec, dtype=torch.float32), conditions_of(layer, given)
    y = layer(x, **asked)
    for other in copies:
        assert torch.equal(other(x, **asked), y)
        for name, value in layer.state_dict().items():
            assert torch.equal(value, other.state_dict()[name])
        assert repr(other) == repr(layer)


@every_method
def test_a_layer_can_be_made_without_memory_and_filled_afterwards(method):
    _, spec, _ = filled(method)
    layer = Norm(spec, device="meta")
    assert all(value.is_meta for value in layer.state_dict().values())
    layer = layer.to_empty(device="cpu")
    layer.reset_parameters()
    layer.reset_running_stats()
    for name, value in Norm(spec).state_dict().items():
        assert torch.equal(layer.state_dict()[name], value)


@every_method
def test_repr_says_method_and_knobs(method):
    layer, spec, _ = filled(method)
    text = repr(layer)
    assert text.startswith(f"Norm('{method}'")
    for name, value in spec.settings.items():
        assert f"{name}={value!r}" in text


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_checkpoint_of_torch_loads_strictly_and_goes_back(dims):
    theirs = getattr(torch.nn, f"BatchNorm{dims}d")(6)
    ours = Norm("batch", 6)
    x = batch_of(Spec("batch", (4, 6, 3, 4, 5)[: dims + 2]), dtype=torch.float32)
    theirs(x * 2 + 1)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    for _ in range(3):
        assert torch.equal(ours(x), theirs(x))
    for name, value in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], value), name
    theirs.load_state_dict(ours.state_dict(), strict=True)
    assert torch.equal(ours.eval()(x), theirs.eval()(x))


@pytest.mark.parametrize("method", ["layer", "layer_position", "group", "instance", "rms"])
def test_a_checkpoint_of_other_layers_loads_as_well(method):
    theirs = {"layer": torch.nn.LayerNorm((6, 5)), "layer_position": torch.nn.LayerNorm(6),
              "group": torch.nn.GroupNorm(3, 6), "rms": torch.nn.RMSNorm((6, 5)),
              "instance": torch.nn.InstanceNorm1d(6, affine=True)}[method]  # fmt: skip
    Norm(Spec(method, (4, 6, 5))).load_state_dict(theirs.state_dict(), strict=True)


def test_channels_last_memory_is_kept():
    x = torch.randn(4, 6, 5, 5, generator=torch.Generator().manual_seed(0))
    x = x.to(memory_format=torch.channels_last)
    layer = Norm("batch", 6)
    assert layer(x).is_contiguous(memory_format=torch.channels_last)
    assert layer.eval()(x).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("momentum", [None, 1e-3])
@pytest.mark.parametrize("accurate", [False, True])
def test_eight_threads_count_every_batch_and_leave_the_serial_record(accurate, momentum):
    x = batch_of(Spec("batch", (4, 6, 3)), dtype=torch.float32)
    shared = Norm("batch", 6, momentum=momentum, accurate=accurate)
    serial = copy.deepcopy(shared)
    errors = []
    start = threading.Barrier(8)

    def work():
        start.wait()
        try:
            for _ in range(200):
                shared(x)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(1600):
        serial(x)
    assert errors == []
    assert shared.num_batches_tracked == 1600
    assert torch.equal(shared.running_mean, serial.running_mean)
    assert torch.equal(shared.running_var, serial.running_var)


@pytest.mark.parametrize("method", ACTIVATIONS)
def test_an_empty_batch_comes_back_and_leaves_no_trace(method):
    layer, spec, given = filled(method)
    place = spec.axes.index("n")
    before = copy.deepcopy(layer.state_dict())
    x = batch_of(spec).narrow(place, 0, 0)
    assert layer(x, **conditions_of(layer, given)).shape == x.shape
    for name, value in layer.state_dict().items():
        assert torch.equal(value, before[name])


def test_every_method_is_here_and_has_a_judge():
    assert {METHODS[method].oracle for method in ACTIVATIONS} <= set(ORACLES)
    assert {m for m in ACTIVATIONS if Norm(filled(m)[1]).watches} == {*WATCHING, "act"}
    assert len(EIGHT) == 9  # torch has seven; two more are batch norm in one process


@pytest.mark.parametrize(("call", "words"), [
    (lambda: Norm("bach", 6), ("'bach'", "batch")),
    (lambda: Norm("spectral", 6), ("'spectral'", "weights", "activations")),
    (lambda: Norm("lars", 6), ("'lars'", "gradients", "activations")),
    (lambda: Norm("batch", 6, groups=2), ("'groups'", "affine, eps")),
    (lambda: Norm("group", 6, groups=4), ("groups=4", "6 channels", "1, 2, 3, 6")),
    (lambda: Norm("batch"), ("number of channels", "'batch'", "Norm('batch', 64)")),
    (lambda: Norm("group", affine=False), ("number of channels", "'group'")),
    (lambda: Norm("layer", 6), ("whole shape", "'layer'", "Norm(Spec('layer', x.shape))")),
    (lambda: Norm("batch", 6, convention="mine"), ("'convention'", "'mine'", "torch, keras")),
    (lambda: Norm("batch", 6, momentum=2.0), ("'momentum'", "2.0", "0 to 1")),
    (lambda: Norm("batch", 6, channel_axis=2)(torch.ones(2, 6)), ("channel_axis=2", "2 axes")),
    (lambda: Norm("batch", 6)(torch.ones(2, 5)), ("6 channels", "(2, 5)", "has 5")),
    (lambda: Norm(Spec("layer", (2, 6, 4)))(torch.ones(2, 6, 5)), ("'gamma'", "(6, 4)", "(6, 5)")),
    (lambda: Norm("frozen", 6, affine=False)(torch.ones(2, 5)), ("6 channels", "has 5")),
    (lambda: Norm("batch", 6)(torch.ones(2, 6, dtype=torch.int64)), ("int64", "x.float()")),
    (lambda: Norm("batch", 6)([1.0]), ("list", "torch tensors")),
    (lambda: Norm("batch", 6)(torch.ones(2, 6), labels=torch.ones(2)),
     ("'labels'", "nothing besides", "Norm('batch')")),
    (lambda: Norm("film", 6)(torch.ones(2, 6)), ("'film'", "gamma, beta", "gamma=..., beta=...")),
    (lambda: Norm("film", 6)(torch.ones(2, 6), gamma=torch.ones(2, 6)), ("needs beta in",)),
    (lambda: Norm("conditional_batch", 6, classes=3)(torch.ones(4, 6), labels=[0, 1, 2, 0]),
     ("list",)),
    (lambda: Norm("conditional_batch", 6, classes=3)(
        torch.ones(2, 6), labels=torch.tensor([0, 3])), ("'labels'", "0 to 2")),
    (lambda: Norm("cross", 6)(torch.ones(2, 6, 3)), ("'cross'", "partner=...")),
    (lambda: Norm("instance", 6)(torch.ones(2, 6)), ("'instance'", "pools over space")),
    (lambda: Norm("ghost", 6, parts=3)(torch.ones(4, 6)), ("parts=3", "4 samples", "1, 2, 4")),
    (lambda: Norm("ghost", 6, parts=4)(torch.ones(4, 6)), ("6 of 6", "single value")),
    (lambda: Norm("batch", 6)(torch.ones(1, 6)), ("6 of 6", "single value")),
])  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence(call, words):
    with pytest.raises(NormError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


@every_method
def test_everything_learned_gets_a_gradient_from_the_first_step_on(method):
    layer, spec, given = filled(method)
    layer.reset_parameters()
    y = layer(batch_of(spec), **conditions_of(layer, given))
    names = [name for name, _ in layer.named_parameters()]
    found = gradients(y, [*layer.parameters()], spec) if names else ()
    still = {name for name, value in zip(names, found, strict=True) if not value.any()}
    assert still == ({"encoder"} if method == "meta" else set())  # until its decoders have moved


def test_cross_norm_swaps_channels_too_and_needs_no_partner_to_predict():
    layer = Norm("cross", 6, between_channels=True, dtype=torch.float64)
    x, partner = batch_of(Spec("cross", (4, 6, 3, 5))), torch.tensor([3, 0, 5, 1, 2, 4])
    mean, std = x.mean((2, 3), keepdim=True), x.var((2, 3), correction=0, keepdim=True) + 1e-5
    expected = (x - mean) / std.sqrt() * std[:, partner].sqrt() + mean[:, partner]
    close(layer(x, partner=partner), expected, 1e-12)
    assert torch.equal(layer.eval()(x), x)
    assert torch.equal(layer(x, partner=partner), x)


@pytest.mark.parametrize("method", ACTIVATIONS)
def test_an_empty_batch_of_other_channels_is_refused(method):
    layer, spec, given = filled(method)
    wrong = list(batch_of(spec).shape)
    wrong[spec.axes.index("n")], wrong[spec.axes.index("c")] = 0, spec.channels + 1
    with pytest.raises(NormError, match=f"for {spec.channels} channels.*has {spec.channels + 1} "):
        layer(torch.ones(wrong), **conditions_of(layer, given))


def test_a_spec_and_what_repeats_it_make_the_same_layer():
    spec = Spec("batch", (4, 5, 6), "ntc")
    for layer in (Norm(spec), Norm(spec, 6), Norm(spec, np.int64(6), channel_axis=2),
                  Norm(spec, channel_axis=-1)):  # fmt: skip
        assert (layer.spec, layer.channels) == (spec, 6)
    for numpys in (
        Norm("group", np.int64(6), groups=np.int64(3)),
        Norm("ghost", 6, parts=np.int8(4)),
    ):
        assert {type(value) for value in numpys.spec.settings.values()} <= {bool, int, float}
