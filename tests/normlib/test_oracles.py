"""The judges are judged: by layers of torch, code that papers printed, closed forms and loops."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.nn.utils import parametrizations

from normlib.layers import oracles
from normlib.layers.oracles import ORACLES

SIZES = (4, 6, 3, 5)
EPS = 1e-3


@dataclass(frozen=True)
class Asked:
    """All that a judge may ask a spec."""

    settings: dict = field(default_factory=dict)

    def __getitem__(self, knob):
        return self.settings[knob]

    @property
    def groups(self):
        return self.settings.get("groups", 1)


def ask(name, x, parameters=None, training=True, **knobs):
    return ORACLES[name](Asked({"eps": EPS, **knobs}), x, parameters or {}, training)


def normal(*sizes, seed=0):
    """Normal numbers; every channel and every sample has its own mean and deviation."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    ones = [1] * (len(sizes) - 2)
    if len(sizes) < 2:
        return draw(*sizes)
    place = draw(sizes[0], 1, *ones) + draw(1, sizes[1], *ones)
    return draw(*sizes) * place.exp() + draw(1, sizes[1], *ones)


def per_channel(*names, seed=9):
    return {name: 1 + normal(6, seed=seed + i) / 4 for i, name in enumerate(names)}


def state(seed=5):
    return {
        "running_mean": normal(6, seed=seed),
        "running_variance": normal(6, seed=seed + 1).exp(),
    }


def wide(value, x):
    return value.reshape(1, -1, *[1] * (x.ndim - 2))


def close(a, b, tolerance=1e-12):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)


X, GIVEN = normal(*SIZES), per_channel("gamma", "beta")
AFFINE = (GIVEN["gamma"], GIVEN["beta"])


def batch_norm(x, affine=AFFINE):
    return F.batch_norm(x, None, None, *affine, training=True, eps=EPS)


def layer_norm_last(x, gamma=None, beta=None, eps=EPS):
    return F.layer_norm(x.movedim(1, -1), x.shape[1:2], gamma, beta, eps).movedim(-1, 1)


def test_judges_know_the_spec_and_torch_only():
    for path in Path(oracles.__file__).parent.glob("*.py"):
        tree = ast.walk(ast.parse(path.read_text("utf-8")))
        names = {node.module for node in tree if isinstance(node, ast.ImportFrom)}
        names = {name for name in names if name.startswith("normlib")}
        assert all(n == "normlib.spec" or n.startswith("normlib.layers.oracles") for n in names)


# kept apart otherwise, divided by something else


def test_kernels_of_torch_are_the_layers_of_torch_also_in_prediction():
    layer = torch.nn.BatchNorm2d(6, EPS, dtype=torch.float64)
    for name, value in zip(("weight", "bias", "running_mean", "running_var"),
                           (*AFFINE, *state().values()), strict=True):  # fmt: skip
        getattr(layer, name).data.copy_(value)
    close(ask("batch_norm", X, GIVEN | state(), training=False), layer.eval()(X).detach())
    close(ask("batch_norm", X, GIVEN | state()), batch_norm(X))
    for training in (True, False):
        for name, layer in {
            "layer_norm": torch.nn.LayerNorm(SIZES[1:], EPS, dtype=torch.float64),
            "instance_norm": torch.nn.InstanceNorm2d(6, EPS),
            "group_norm": torch.nn.GroupNorm(3, 6, EPS, dtype=torch.float64),
            "rms_norm": torch.nn.RMSNorm(SIZES[1:], EPS, dtype=torch.float64),
        }.items():
            close(ask(name, X, training=training, groups=3), layer(X).detach())


def test_norms_of_a_position_are_torchs_over_the_last_axis():
    last = X.movedim(1, -1)
    close(ask("positional", X), layer_norm_last(X))
    close(ask("layer_norm_last", X, GIVEN), layer_norm_last(X, *AFFINE))
    close(ask("pixel", X), F.rms_norm(last, (6,), eps=EPS).movedim(-1, 1))
    rms = F.rms_norm(last, (6,), AFFINE[0], EPS).movedim(-1, 1)
    close(ask("rms_norm_last", X, {"gamma": AFFINE[0]}), rms)
    for eps in (EPS, 3.0):  # 3 is longer than many vectors here
        unit = F.normalize(X, dim=1, eps=eps)
        close(ask("l2", X, {"gamma": AFFINE[0]}, eps=eps), unit * wide(AFFINE[0], X))
        gamma = torch.tensor(2.5, dtype=torch.float64)
        close(ask("scale_norm", X, {"gamma": gamma}, eps=eps), 2.5 * unit)


def test_l1_batch_norm_of_two_values_is_known_and_of_normal_numbers_is_batch_norm():
    two = torch.tensor([[3.0, 7.0], [5.0, -1.0]], dtype=torch.float64)
    size = torch.tensor([1.0, 4.0], dtype=torch.float64)
    expected = size / (np.sqrt(np.pi / 2) * size + EPS)
    close(ask("l1_batch", two), torch.stack((-expected, expected)) * torch.tensor([1, -1]))
    many = normal(1, 6, 40_000).squeeze(0).T
    close(
        ask("l1_batch", many, GIVEN, eps=0.0), F.batch_norm(many, None, None, *AFFINE, True), 0.03
    )


def test_stored_scale_of_l1_batch_norm_repeats_the_batch_that_it_was_taken_from():
    centre = X.mean((0, 2, 3))
    scale = np.sqrt(np.pi / 2) * (X - wide(centre, X)).abs().mean((0, 2, 3))
    stored = {"running_mean": centre, "running_variance": scale**2}
    close(ask("l1_batch", X, GIVEN | stored, training=False), ask("l1_batch", X, GIVEN))


def test_mean_only_moves_the_mean_to_beta_and_nothing_else():
    beta = {"beta": AFFINE[1]}
    y = ask("mean_only", X, beta)
    close(y.mean((0, 2, 3)), AFFINE[1])
    close(y[1:] - y[:-1], X[1:] - X[:-1])
    predicted = ask("mean_only", X, beta | state(), training=False)
    close((X - predicted).mean((0, 2, 3)), state()["running_mean"] - AFFINE[1])


def test_mean_variance_norm_is_numpys_and_adds_eps_to_the_deviation():
    x = X.numpy()
    expected = (x - x.mean((2, 3), keepdims=True)) / (x.std((2, 3), keepdims=True) + 0.5)
    close(ask("mean_variance", X, eps=0.5), torch.from_numpy(expected))


def test_filter_response_norm_is_rms_norm_of_a_channel_cut_off_at_tau():
    given = per_channel("gamma", "beta", "tau")
    rms = F.rms_norm(X, SIZES[2:], eps=EPS)
    y = rms * wide(given["gamma"], X) + wide(given["beta"], X)
    cut = ask("filter_response", X, given)
    close(cut, torch.where(y > wide(given["tau"], X), y, wide(given["tau"], X)))
    assert 0.1 < (cut == wide(given["tau"], X)).double().mean() < 0.9
    close(ask("filter_response", X), F.relu(rms))


def test_reversible_norm_is_instance_norm_and_can_be_undone():
    y = ask("reversible", X, GIVEN)
    close(y, F.instance_norm(X, weight=AFFINE[0], bias=AFFINE[1], eps=EPS))
    std = (X.var((2, 3), correction=0, keepdim=True) + EPS).sqrt()
    back = (y - wide(AFFINE[1], X)) / wide(AFFINE[0], X) * std + X.mean((2, 3), keepdim=True)
    close(back, X)


def test_act_norm_keeps_what_the_first_batch_gave():
    first = {"running_mean": X.mean((0, 2, 3)), "running_variance": X.var((0, 2, 3), correction=0)}
    close(ask("act", X, GIVEN), batch_norm(X))
    close(ask("act", X, GIVEN | first, training=False), batch_norm(X))
    both = [ask("act", factor * X, GIVEN | first, training=False) for factor in (2, 0)]
    close(both[0] + both[1], 2 * batch_norm(X))


def test_global_response_norm_is_the_code_of_its_paper():
    last = X.movedim(1, -1)
    lengths = torch.linalg.vector_norm(last, dim=(1, 2), keepdim=True)
    ratio = lengths / (lengths.mean(dim=-1, keepdim=True) + EPS)
    expected = AFFINE[0] * (last * ratio) + AFFINE[1] + last
    close(ask("global_response", X, GIVEN), expected.movedim(-1, 1))
    close(ask("global_response", X), X)


def test_dynamic_tanh_starts_as_a_line_and_ends_at_gamma_plus_beta():
    given = GIVEN | {"alpha": torch.tensor(0.7, dtype=torch.float64)}
    zero = torch.zeros(SIZES, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(ask("dynamic_tanh", zero, given).sum(), zero)
    close(slope, (0.7 * wide(AFFINE[0], X)).expand(SIZES))
    far = ask("dynamic_tanh", 0 * X + 1e6, given) + ask("dynamic_tanh", 0 * X - 1e6, given)
    close(far, (2 * wide(AFFINE[1], X)).expand(SIZES))
    close(ask("dynamic_tanh", X), 2 * torch.sigmoid(X) - 1)  # alpha 1/2


# batch norm with other estimates


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_ghost_norm_is_batch_norm_of_each_part_and_sync_norm_of_all(parts):
    chunks = torch.cat([batch_norm(chunk) for chunk in X.chunk(parts)])
    close(ask("ghost", X, GIVEN, parts=parts), chunks)
    for name in ("sync", "precise"):
        close(ask(name, X, GIVEN, parts=parts), batch_norm(X))


@pytest.mark.parametrize("name", ["ghost", "sync", "renorm", "precise", "act", "frozen"])
def test_stored_statistics_predict_as_batch_norm_does(name):
    stored = state()
    expected = F.batch_norm(X, *stored.values(), *AFFINE, training=False, eps=EPS)
    knobs = {"parts": 2, "r_max": 3.0, "d_max": 5.0}
    close(ask(name, X, GIVEN | stored, training=False, **knobs), expected)
    close(ask("frozen", X, GIVEN | stored), expected)


@pytest.mark.parametrize("count", [1, 3, 4])
def test_virtual_norm_is_batch_norm_of_the_reference_and_one_more(count):
    y = ask("virtual", X, GIVEN, reference=count)
    for i in range(4):
        pooled = X[:count] if i < count else torch.cat([X[:count], X[i : i + 1]])
        close(y[i], batch_norm(pooled)[i if i < count else -1])


def test_renorm_lies_between_batch_norm_and_stored_statistics():
    given = GIVEN | state()
    close(ask("renorm", X, given, r_max=1.0, d_max=0.0), batch_norm(X))
    free = ask("renorm", X, given, r_max=1e9, d_max=1e9)
    close(free, ask("frozen", X, given), 1e-11)


def test_corrections_of_renorm_are_constants_for_the_gradient():
    x, given = X.clone().requires_grad_(), GIVEN | state()
    r = (X.var((0, 2, 3), correction=0) + EPS).sqrt() / (given["running_variance"] + EPS).sqrt()
    outputs = ask("renorm", x, given, r_max=1e9, d_max=1e9), wide(r, X) * batch_norm(x)
    ours, theirs = (torch.autograd.grad((y * X.sin()).sum(), x)[0] for y in outputs)
    close(ours, theirs, 1e-11)


def test_corrections_of_renorm_are_clipped():
    given, dims = state(), (0, 2, 3)
    y = ask("renorm", X, given, r_max=1.5, d_max=0.25)
    std = (X.var(dims, correction=0) + EPS).sqrt()
    stored = (given["running_variance"] + EPS).sqrt()
    for c in range(6):
        r = min(max(float(std[c] / stored[c]), 1 / 1.5), 1.5)
        d = float((X[:, c].mean() - given["running_mean"][c]) / stored[c])
        d = min(max(d, -0.25), 0.25)
        close(y[:, c], (X[:, c] - X[:, c].mean()) / std[c] * r + d)


# windows


def test_cumulative_layer_norm_is_layer_norm_of_what_is_past():
    x = normal(3, 6, 7)
    y = ask("cumulative_layer", x, GIVEN)
    for t in range(7):
        now = F.layer_norm(x[:, :, : t + 1], (6, t + 1), eps=EPS)[:, :, t]
        close(y[:, :, t], now * AFFINE[0] + AFFINE[1])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9, 20])
def test_local_response_norm_is_torchs(size):
    knobs = {"size": size, "alpha": 0.3, "power": 0.6, "k": 1.7}
    layer = torch.nn.LocalResponseNorm(size, 0.3, 0.6, 1.7)
    close(ask("local_response", X, **knobs), layer(X))
    close(ask("local_response", X[:, :, 0, 0], **knobs), layer(X)[:, :, 0, 0])


def test_windows_that_see_everything_or_one_position_are_known_norms():
    far, near = {"reach": 5}, {"reach": 0}
    wide_gamma, wide_beta = wide(AFFINE[0], X), wide(AFFINE[1], X)
    whole = F.layer_norm(X, SIZES[1:], eps=EPS) * wide_gamma + wide_beta
    close(ask("divisive", X, GIVEN, **far), whole)
    close(ask("divisive", X, GIVEN, **near), layer_norm_last(X, *AFFINE))
    close(ask("local_context", X, GIVEN, groups=3, **far), F.group_norm(X, 3, *AFFINE, eps=EPS))
    close(ask("local_context", X, GIVEN, groups=1, reach=1), ask("divisive", X, GIVEN, reach=1))
    for values in (X[:, :, 0, 0], X[:, :, 0], normal(2, 6, 2, 3, 2)):  # 0, 1 and 3 axes of space
        expected = F.layer_norm(values, values.shape[1:], eps=EPS)
        close(ask("divisive", values, **far), expected)


@pytest.mark.parametrize("reach", [1, 2])
def test_windows_of_divisive_norm_are_cut_off_at_the_border(reach):
    """Sums of a padded box, divided by how many positions the box meets."""
    box = torch.ones(1, 6, 2 * reach + 1, 2 * reach + 1, dtype=torch.float64)
    count = F.conv2d(torch.ones_like(X), box, padding=reach)
    centre = F.conv2d(X, box, padding=reach) / count
    spread = F.conv2d(X**2, box, padding=reach) / count - centre**2
    close(ask("divisive", X, reach=reach), (X - centre) / (spread + EPS).sqrt(), 1e-10)


# mixtures


def test_switchable_norm_can_be_each_of_the_three():
    stored = state()
    for which, expected in enumerate((
        F.instance_norm(X, weight=AFFINE[0], bias=AFFINE[1], eps=EPS),
        F.layer_norm(X, SIZES[1:], eps=EPS) * wide(AFFINE[0], X) + wide(AFFINE[1], X),
        batch_norm(X),
    )):  # fmt: skip
        one = torch.full((3,), -1e3, dtype=torch.float64)
        one[which] = 0
        weights = {"mean_weights": one, "variance_weights": one}
        close(ask("switchable", X, GIVEN | weights | stored), expected)
        if which == 2:
            expected = F.batch_norm(X, *stored.values(), *AFFINE, training=False, eps=EPS)
        close(ask("switchable", X, GIVEN | weights | stored, training=False), expected)


def test_switchable_norm_mixes_means_and_variances_each_with_its_own_weights():
    p, q = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], dtype=torch.float64)
    y = ask("switchable", X, {"mean_weights": p.log(), "variance_weights": q.log() + 3})
    for n, c in np.ndindex(4, 6):
        seen = (X[n, c], X[n], X[:, c])
        centre = sum(w * s.mean() for w, s in zip(p, seen, strict=True))
        spread = sum(w * s.var(correction=0) for w, s in zip(q, seen, strict=True))
        close(y[n, c], (X[n, c] - centre) / (spread + EPS).sqrt())


def test_batch_instance_norm_goes_from_instance_to_batch_norm_and_no_further():
    rho = torch.tensor([0.0, 0.25, 0.5, 1.0, 1.5, -2.0], dtype=torch.float64)
    of_batch, of_instance = batch_norm(X), F.instance_norm(X, None, None, *AFFINE, eps=EPS)
    share = wide(torch.tensor([0.0, 0.25, 0.5, 1.0, 1.0, 0.0]), X)
    expected = torch.lerp(of_instance, of_batch, share.double())
    close(ask("batch_instance", X, GIVEN | {"rho": rho}), expected)
    of_stored = F.batch_norm(X, *state().values(), *AFFINE, training=False, eps=EPS)
    predicted = ask("batch_instance", X, GIVEN | {"rho": rho} | state(), training=False)
    close(predicted, torch.lerp(of_instance, of_stored, share.double()))
    close(ask("batch_instance", X, GIVEN), of_batch)


# whitening

WHITE = ("pca_whitening", "zca_whitening", "cholesky_whitening", "iterative_whitening", "coloring")


def rows(x):
    """(n c ...) -> (rows, c)"""
    return x.movedim(1, -1).reshape(-1, x.shape[1])


def mixed(seed=3):
    """Correlated channels, deviations from 1/2 to 2."""
    x = F.batch_norm(normal(*SIZES, seed=seed + 1), None, None, training=True)
    mix = torch.eye(6, dtype=torch.float64) + 0.2 * torch.tanh(normal(6, 6, seed=seed))
    return torch.einsum("dc,nchw->ndhw", mix, x) + wide(normal(6, seed=seed), x)


def covariance(x):
    return torch.cov(rows(x).T, correction=0)


@pytest.mark.parametrize("name", WHITE)
def test_whitening_leaves_no_correlation(name):
    y = ask(name, mixed(), eps=1e-9, iterations=12)
    close(covariance(y), torch.eye(6).double(), 1e-5)
    close(rows(y).mean(0), torch.zeros(6).double(), 1e-8)


def matrix_of(name, eps=EPS, **knobs):
    """The whitening matrix, found from its answer."""
    x = rows(mixed())
    y = rows(ask(name, mixed(), eps=eps, **knobs))
    return torch.linalg.lstsq(x - x.mean(0), y).solution.T


def test_matrices_of_whitening_have_the_shapes_that_name_them():
    sigma = covariance(mixed()) + EPS * torch.eye(6)
    pca, zca, lower = (matrix_of(f"{name}_whitening") for name in ("pca", "zca", "cholesky"))
    for w in (pca, zca, lower):
        close(w @ sigma @ w.T, torch.eye(6).double(), 1e-8)
    close(zca, zca.T, 1e-9)
    close(lower, lower.tril(), 1e-9)
    assert (lower.diagonal() > 0).all()
    lengths = pca.norm(dim=1)  # 1 / deviation along each axis
    assert (lengths.diff() > 0).all()
    close(lengths**-2, torch.linalg.eigvalsh(sigma).flip(0), 1e-8)
    assert all(axis[axis.abs().argmax()] > 0 for axis in pca)


def test_newton_whitening_is_its_printed_polynomial_and_tends_to_zca():
    sigma = covariance(mixed()) + EPS * torch.eye(6)
    part, one = sigma / sigma.trace(), torch.eye(6).double()
    first = (3 * one - part) / 2
    close(matrix_of("iterative_whitening", iterations=1), first / sigma.trace().sqrt(), 1e-9)
    second = (3 * first - torch.linalg.matrix_power(first, 3) @ part) / 2
    close(matrix_of("iterative_whitening", iterations=2), second / sigma.trace().sqrt(), 1e-9)
    zca = ask("zca_whitening", mixed(), GIVEN)
    close(ask("iterative_whitening", mixed(), GIVEN, iterations=12), zca, 1e-6)


@pytest.mark.parametrize("name", WHITE)
def test_stored_whitening_is_a_linear_map_and_repeats_its_batch(name):
    x, learned = mixed(), {"beta": AFFINE[1]} if name == "coloring" else GIVEN
    matrix = matrix_of(name, iterations=4)
    stored = {"running_mean": rows(x).mean(0), "running_matrix": matrix}
    again = ask(name, x, learned | stored, training=False)
    close(again, ask(name, x, learned, iterations=4), 1e-8)
    own = {"running_mean": normal(6), "running_matrix": normal(6, 6)}
    expected = F.linear(rows(X) - normal(6), normal(6, 6))
    close(rows(ask(name, X, own, training=False)), expected)


def test_group_whitening_leaves_no_correlation_between_the_groups_of_a_sample():
    for training in (True, False):
        y = ask("group_whitening", X, groups=3, eps=1e-10, training=training)
        for sample in y:
            close(torch.cov(sample.reshape(3, -1), correction=0), torch.eye(3).double(), 1e-5)
    single = ask("group_whitening", X, GIVEN, groups=1)
    whole = F.layer_norm(X, SIZES[1:], eps=EPS)
    close(single, whole * wide(AFFINE[0], X) + wide(AFFINE[1], X))
    per_sample = [ask("zca_whitening", sample[None], GIVEN) for sample in X]
    close(ask("group_whitening", X, GIVEN, groups=6), torch.cat(per_sample), 1e-8)


def test_coloring_gives_the_correlation_of_its_weight():
    weight = normal(6, 6, seed=8)
    y = ask("coloring", mixed(), {"weight": weight, "beta": AFFINE[1]}, eps=1e-10)
    close(covariance(y), weight @ weight.T, 1e-5)
    close(rows(y).mean(0), AFFINE[1], 1e-9)
    close(ask("coloring", mixed()), ask("cholesky_whitening", mixed()))


# recovery


def test_meta_norm_is_the_code_of_its_paper_with_biased_variance():
    """There one key group decides for all its channels: rows of the decoders repeat."""
    encoder, gamma, beta = normal(4, 3), normal(3, 4, seed=1), normal(3, 4, seed=2)
    grouped = X.reshape(4, 3, -1)
    embedded_variance = F.relu(F.linear(grouped.var(-1, correction=0), encoder))
    embedded_mean = F.relu(F.linear(grouped.mean(-1), encoder))
    weight = torch.sigmoid(F.linear(embedded_variance, gamma)).repeat_interleave(2, 1) + AFFINE[0]
    bias = torch.tanh(F.linear(embedded_mean, beta)).repeat_interleave(2, 1) + AFFINE[1]
    given = GIVEN | {"encoder": encoder, "decoder_gamma": gamma.repeat_interleave(2, 0),
                     "decoder_beta": beta.repeat_interleave(2, 0)}  # fmt: skip
    y = ask("meta", X, given, groups=3, hidden=4)
    close(y, F.group_norm(X, 3, eps=EPS) * weight[..., None, None] + bias[..., None, None])
    close(ask("meta", X, groups=3, hidden=4), F.group_norm(X, 3, eps=EPS))


def test_conditional_norms_take_the_row_of_the_class():
    labels = torch.tensor([2, 0, 0, 1])
    table = {"gamma": normal(3, 6), "beta": normal(3, 6, seed=1)}
    for training in (True, False):
        plain = {
            "conditional_batch": batch_norm(X, ()) if training
            else F.batch_norm(X, *state().values(), training=False, eps=EPS),
            "conditional_instance": F.instance_norm(X, eps=EPS),
        }  # fmt: skip
        for name, normalized in plain.items():
            y = ask(name, X, table | state() | {"labels": labels}, training, classes=3)
            for n, k in enumerate(labels.tolist()):
                expected = normalized[n] * table["gamma"][k].view(6, 1, 1)
                close(y[n], expected + table["beta"][k].view(6, 1, 1))
            close(ask(name, X, state(), training, classes=3), normalized)


def test_conditioned_norms_scale_by_what_they_are_given():
    gamma, beta = normal(4, 6), normal(4, 6, seed=1)
    given, spread = {"gamma": gamma, "beta": beta}, (slice(None), slice(None), None, None)
    normalized = batch_norm(X, ())
    stored = F.batch_norm(X, *state().values(), training=False, eps=EPS)
    close(ask("film", X, given), gamma[spread] * normalized + beta[spread])
    close(ask("film", X, given | state(), False), gamma[spread] * stored + beta[spread])
    same = {name: value.expand(4, 6) for name, value in GIVEN.items()}
    close(ask("film", X, same), batch_norm(X))

    tokens = X.flatten(2).movedim(1, -1)  # modulate() of DiT, on (n, tokens, channels)
    modulated = F.layer_norm(tokens, (6,), eps=EPS) * (1 + gamma[:, None]) + beta[:, None]
    close(ask("adaptive_layer", X, given), modulated.movedim(-1, 1).reshape(SIZES))
    close(ask("adaptive_layer", X), layer_norm_last(X))

    given = {"gamma": normal(*SIZES, seed=1), "beta": normal(*SIZES, seed=2)}
    close(ask("spade", X, given), normalized * (1 + given["gamma"]) + given["beta"])
    close(ask("spade", X, given | state(), False), stored * (1 + given["gamma"]) + given["beta"])
    close(ask("spade", X), normalized)


def test_adaptive_instance_norm_gives_the_statistics_of_the_style():
    style = normal(*SIZES, seed=4)
    y = ask("adaptive_instance", X, {"style": style}, eps=0.0)
    close(y.mean((2, 3)), style.mean((2, 3)))
    close(y.var((2, 3)), style.var((2, 3)), 1e-11)
    std = (style.var((2, 3), correction=0, keepdim=True) + EPS).sqrt()
    expected = F.instance_norm(X, eps=EPS) * std + style.mean((2, 3), keepdim=True)
    close(ask("adaptive_instance", X, {"style": style}), expected)
    close(ask("adaptive_instance", X), X)


@pytest.mark.parametrize("between_channels", [False, True])
def test_cross_norm_swaps_statistics_and_rests_in_prediction(between_channels):
    axis = int(between_channels)
    partner = torch.tensor([2, 0, 5, 4, 3, 1] if axis else [3, 0, 1, 2])
    knobs = {"between_channels": between_channels}
    y = ask("cross", X, {"partner": partner}, eps=0.0, **knobs)
    close(y.mean((2, 3)), X.mean((2, 3)).index_select(axis, partner))
    close(y.var((2, 3)), X.var((2, 3)).index_select(axis, partner), 1e-11)
    back = torch.argsort(partner)
    close(ask("cross", y, {"partner": back}, eps=0.0, **knobs), X, 1e-11)
    close(ask("cross", X, {"partner": partner}, training=False, **knobs), X)
    close(ask("cross", X, **knobs), X)
    std = (X.var((2, 3), correction=0, keepdim=True) + EPS).sqrt()
    other = F.instance_norm(X, eps=EPS) * std.index_select(axis, partner)
    other = other + X.mean((2, 3), keepdim=True).index_select(axis, partner)
    close(ask("cross", X, {"partner": partner}, **knobs), other)


def test_self_norm_weighs_mean_and_deviation_by_a_layer_for_each_channel():
    given = {"weight_gamma": normal(6, 2), "bias_gamma": normal(6, seed=1),
             "weight_beta": normal(6, 2, seed=2), "bias_beta": normal(6, seed=3)}  # fmt: skip
    y = ask("self", X, given)
    for n, c in np.ndindex(4, 6):
        seen = torch.stack((X[n, c].mean(), (X[n, c].var(correction=0) + EPS).sqrt()))
        f, g = (torch.sigmoid(given[f"weight_{k}"][c] @ seen + given[f"bias_{k}"][c])
                for k in ("gamma", "beta"))  # fmt: skip
        close(y[n, c], (X[n, c] - seen[0]) * f + g * seen[0])
    close(ask("self", X), X / 2)


# weights and gradients

W = normal(6, 4, 3, 2)


def conv():
    layer = torch.nn.Conv2d(4, 6, (3, 2), bias=False, dtype=torch.float64)
    layer.weight.data.copy_(W)
    return layer


def test_weight_norm_is_torchs():
    layer = parametrizations.weight_norm(conv())
    layer.parametrizations.weight.original0.data.copy_(AFFINE[0].view(6, 1, 1, 1))
    close(ask("weight_norm", W, {"gamma": AFFINE[0]}, eps=0.0), layer.weight.detach())
    long = ask("weight_norm", W, eps=1e3)
    close(long, W / 1e3)


@pytest.mark.parametrize("iterations", [1, 4])
def test_spectral_norm_is_torchs_in_training_and_in_prediction(iterations):
    layer = torch.nn.utils.spectral_norm(conv(), n_power_iterations=iterations)
    start = {"u": F.normalize(normal(6), dim=0), "v": F.normalize(normal(24), dim=0)}
    layer.weight_u.copy_(start["u"])
    layer(torch.ones(1, 4, 3, 2, dtype=torch.float64))
    x = W.clone().requires_grad_()
    y = ask("spectral", x, start, iterations=iterations)
    close(y, layer.weight)
    ours, theirs = (torch.autograd.grad((a * W.sin()).sum(), b)[0]
                    for a, b in ((y, x), (layer.weight, layer.weight_orig)))  # fmt: skip
    close(ours, theirs)
    moved = {"u": layer.weight_u, "v": layer.weight_v}
    predicted = ask("spectral", W, moved, training=False, iterations=iterations)
    close(predicted, y.detach())


def test_spectral_norm_of_the_transpose_is_the_newer_one_of_torch():
    """It begins with ``u = W v`` where the paper begins with ``v = W^T u``."""
    layer = parametrizations.spectral_norm(conv())
    held = layer.parametrizations.weight[0]
    for vector in (held._u, held._v):
        vector.copy_(F.normalize(normal(len(vector)), dim=0))
    start = {"u": held._v.clone()}
    expected = layer.weight.detach().flatten(1).T
    close(ask("spectral", W.flatten(1).T, start, iterations=1), expected)
    layer.eval()
    moved = {"u": held._u, "v": held._v}
    close(ask("spectral", W, moved, training=False), layer.weight.detach())


def test_spectral_norm_has_norm_one_after_many_iterations():
    top = torch.linalg.matrix_norm(ask("spectral", W, iterations=500).flatten(1), 2)
    close(top, torch.ones_like(top), 1e-9)


def test_standardized_weights_are_layer_norm_of_each_row():
    close(ask("weight_standardization", W), F.layer_norm(W, W.shape[1:], eps=EPS))
    tiny = F.layer_norm(W, W.shape[1:], AFFINE[0][0].expand(4, 3, 2), eps=0.0) / 24**0.5
    scaled = ask("scaled_weight", W, {"gamma": AFFINE[0][0].expand(6)}, eps=1e-9)
    close(scaled, tiny)
    floor = ask("scaled_weight", W, {"gamma": AFFINE[0]}, eps=1e6)
    expected = (W - W.mean((1, 2, 3), keepdim=True)) * AFFINE[0].view(6, 1, 1, 1) / 1e3
    close(floor, expected)


def test_centred_weights_have_mean_zero_and_length_gamma():
    y = ask("centered_weight", W, {"gamma": AFFINE[0]}, eps=0.0).flatten(1)
    close(y.sum(1), torch.zeros(6).double())
    close(y.norm(dim=1), AFFINE[0].abs())
    centred = (W.flatten(1).T - W.flatten(1).mean(1)).T
    close(F.cosine_similarity(y, centred), AFFINE[0].sign())
    close(ask("centered_weight", W, eps=1e3).flatten(1), centred / 1e3)


@pytest.mark.parametrize("max_norm", [0.5, 1e3])
def test_global_clipping_is_torchs(max_norm):
    p = torch.nn.Parameter(torch.zeros_like(W))
    p.grad = W.clone()
    torch.nn.utils.clip_grad_norm_([p], max_norm)
    close(ask("clip_global", W, max_norm=max_norm), p.grad)


def test_adaptive_clipping_bounds_each_row_by_its_weight():
    weight = normal(6, 4, 3, 2, seed=7) * torch.logspace(-6, 2, 6).view(6, 1, 1, 1)
    y = ask("clip_adaptive", W, {"weight": weight}, clipping=0.5)
    for row, gradient, own in zip(y, W, weight, strict=True):
        most = 0.5 * max(own.norm().item(), EPS)
        close(row, gradient * min(1.0, most / gradient.norm().item()))
    lengths = y.flatten(1).norm(dim=1) / W.flatten(1).norm(dim=1)
    assert lengths.min() < 0.01
    close(lengths.max(), torch.ones_like(lengths.max()))
    for tiny in (1e-9 * W, 0 * W):
        close(ask("clip_adaptive", tiny, {"weight": weight}, clipping=0.5), tiny, 1e-20)


def test_centralization_projects_onto_rows_of_mean_zero():
    y = ask("centralization", W)
    project = torch.eye(24).double() - torch.full((24, 24), 1 / 24, dtype=torch.float64)
    close(y.flatten(1), W.flatten(1) @ project)


def test_lars_makes_the_step_a_share_of_the_weight():
    weight = normal(6, 4, 3, 2, seed=7)
    y = ask("lars", W, {"weight": weight}, trust=0.01, decay=0.0, eps=0.0)
    close(y.norm(), 0.01 * weight.norm())
    close(y / y.norm(), W / W.norm())
    decayed = ask("lars", W, {"weight": weight}, trust=0.01, decay=0.5, eps=2.0)
    rate = 0.01 * weight.norm() / (W.norm() + 0.5 * weight.norm() + 2.0)
    close(decayed, rate * W)


@pytest.mark.parametrize("sizes", [(6, 4, 3, 2), (9, 4), (5, 5)])
def test_muon_sends_every_singular_value_through_the_quintic(sizes):
    x = normal(*sizes)
    u, s, v = torch.linalg.svd(x.flatten(1), full_matrices=False)
    s = s / (s.square().sum().sqrt() + 1e-7)
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    close(ask("muon", x).flatten(1), u @ torch.diag(s) @ v, 1e-9)
    even = torch.linalg.qr(normal(8, 8)).Q + normal(8, 8, seed=1) / 50
    values = torch.linalg.svdvals(ask("muon", even))
    assert 0.65 < values.min() < values.max() < 1.25


def test_muon_is_torchs_up_to_its_bfloat16():
    p = torch.nn.Parameter(torch.zeros(6, 8))
    p.grad = normal(6, 8).float()
    torch.optim.Muon([p], lr=1.0, momentum=0.0, nesterov=False, weight_decay=0.0).step()
    close(ask("muon", normal(6, 8)).float(), -p.detach(), 0.05)


# all of them

KNOBS = {"groups": 3, "parts": 2, "reference": 2, "r_max": 3.0, "d_max": 5.0, "size": 5,
         "alpha": 1e-4, "power": 0.75, "k": 1.0, "reach": 1, "iterations": 3, "hidden": 2,
         "classes": 3, "between_channels": False, "max_norm": 1.0, "clipping": 0.01,
         "trust": 1e-3, "decay": 0.0}  # fmt: skip
WITH_SPACE = ("instance_norm", "mean_variance", "filter_response", "reversible", "divisive",
              "local_context", "global_response", "switchable", "batch_instance",
              "conditional_instance", "adaptive_instance", "cross", "self")  # fmt: skip
SHAPES = [(4, 6), (4, 6, 5), SIZES, (2, 6, 2, 3, 2)]


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("name", ORACLES)
def test_every_judge_answers_without_parameters_and_can_be_differentiated(name, sizes):
    if (name in WITH_SPACE and len(sizes) == 2) or (name == "cumulative_layer" and len(sizes) != 3):
        pytest.skip("has no meaning on such a shape")
    for training in (True, False):
        x = normal(*sizes).requires_grad_()
        y = ask(name, x, training=training, **KNOBS)
        (gradient,) = torch.autograd.grad((y * normal(*sizes, seed=1)).sum(), x)
        assert y.shape == x.shape
        assert y.dtype == x.dtype
        assert y.isfinite().all()
        assert gradient.isfinite().all()
        assert gradient.abs().max() > 0
