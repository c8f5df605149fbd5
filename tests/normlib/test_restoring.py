import numpy as np
import pytest

from normlib import restoring
from normlib.restoring import BANDS, CLASSES, HIDDEN, NORMS, RECOVER, TARGETS, restore, rows

X = restoring.batch(16)
GIVEN = {norm: restoring.normalized(norm, X) for norm in NORMS}
RESTORES = {  # what comes back exactly, as the page says
    "standardize": {
        "identity": (), "affine": ("input",), "linear": ("input", "mixed"), "mlp": (),
        "class": ("input", "classes"), "map": ("input", "places"),
    },
    "zca": {
        "identity": (), "affine": (), "linear": ("input", "mixed"), "mlp": (),
        "class": (), "map": (),
    },
}  # fmt: skip


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("kind", RECOVER)
def test_a_recovery_restores_what_it_can_express_and_nothing_else(norm, kind):
    for name, make in TARGETS.items():
        found = restore(kind, GIVEN[norm], make(X)).residual
        assert (found < 1e-9) == (name in RESTORES[norm][kind]), name


@pytest.mark.parametrize("norm", NORMS)
def test_an_mlp_comes_near_functions_of_a_pixel_and_not_near_others(norm):
    found = restoring.table(norm)["mlp"]
    assert max(found[name] for name in ("input", "mixed", "bent")) < 0.2
    assert min(found[name] for name in ("classes", "places")) > 0.4


def test_a_linear_layer_does_not_mind_whitening_and_no_other_row_is_as_indifferent():
    plain, white = (restoring.table(norm) for norm in NORMS)
    moved = {kind: max(abs(plain[kind][goal] - white[kind][goal]) for goal in TARGETS)
             for kind in RECOVER}  # fmt: skip
    assert [kind for kind in RECOVER if moved[kind] < 1e-9] == ["linear"]


@pytest.mark.parametrize("goal", TARGETS)
def test_a_fit_of_gamma_and_beta_is_that_of_numpy(goal):
    target = TARGETS[goal](X)
    found = restore("affine", GIVEN["standardize"], target)
    x, y = rows(GIVEN["standardize"]), rows(target)
    for channel in range(3):
        slope, height = np.polyfit(x[:, channel], y[:, channel], 1)
        assert rows(found.answer)[:, channel] == pytest.approx(slope * x[:, channel] + height)


def test_the_fit_per_class_is_one_fit_for_each_class_and_per_map_for_each_band():
    x, target = GIVEN["standardize"], TARGETS["bent"](X)
    by_class, by_map = restore("class", x, target).answer, restore("map", x, target).answer
    for k in range(CLASSES):
        those = restoring.labels(X) == k
        alone = restore("affine", x[those], target[those]).answer
        assert np.allclose(by_class[those], alone)
    for k in range(BANDS):
        those = restoring.bands(X) == k
        alone = restore("affine", x[..., those], target[..., those]).answer
        assert np.allclose(by_map[..., those], alone)


def test_more_numbers_never_fit_worse():
    for norm, given in GIVEN.items():
        for name, make in TARGETS.items():
            found = {kind: restore(kind, given, make(X)) for kind in RECOVER}
            for kind in ("linear", "class", "map"):
                assert found[kind].residual <= found["affine"].residual + 1e-9, (norm, name)
                assert found[kind].count > found["affine"].count
    assert restore("mlp", given, X).count == 3 * (HIDDEN + 1)


@pytest.mark.parametrize("norm", NORMS)
def test_the_channels_are_normalized_as_they_say(norm):
    found = rows(GIVEN[norm])
    covariance = np.cov(found.T, bias=True)
    assert np.allclose(found.mean(0), 0)
    assert np.allclose(np.diag(covariance), 1)
    assert np.allclose(covariance, np.eye(3)) == (norm == "zca")


def test_targets_are_pictures():
    for make in TARGETS.values():
        target = make(X)
        assert target.shape == X.shape
        assert target.min() >= 0
        assert target.max() <= 1


def test_the_album_shows_nine_pictures_in_reading_order():
    x = np.arange(9 * 3).reshape(9, 3, 1, 1) / 30
    album = restoring.album(x, zoom=2)
    assert album.shape == (6, 6, 3)
    assert album[0, 2].tolist() == np.round(255 * x[1, :, 0, 0]).tolist()
    assert album[3, 1].tolist() == np.round(255 * x[3, :, 0, 0]).tolist()
    assert restoring.album(x + 5).min() == 255


def test_unrolled_takes_rows_back():
    assert np.array_equal(restoring.unrolled(rows(X), X.shape), X)
