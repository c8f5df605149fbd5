import numpy as np
import pytest

from normlib import NormError, data
from normlib.tasks import TASKS, task

SIZES = {"digits": (1797, 64, 10), "wine": (178, 13, 3), "breast_cancer": (569, 30, 2)}


@pytest.mark.parametrize("name", TASKS)
def test_every_sample_is_in_training_or_held_back(name):
    found = task(name)
    samples, features, classes = SIZES[name]
    assert len(found.x) == len(found.y) == TASKS[name][0]
    assert len(found.x) + len(found.test_x) == len(found.y) + len(found.test_y) == samples
    assert found.x.shape[1] == found.test_x.shape[1] == features
    assert found.classes == classes
    for y in (found.y, found.test_y):
        assert sorted(set(y.tolist())) == list(range(classes))
        assert np.bincount(y).min() > 0.5 * len(y) / classes


def test_classes_stand_beside_the_right_images():
    found = task("digits")
    nearest = np.concatenate([found.x, found.test_x])
    classes = np.concatenate([found.y, found.test_y])
    for digit, image in enumerate(data.images()):
        distance = np.abs(nearest - image.ravel()).sum(1)
        assert distance.min() == 0
        assert classes[distance.argmin()] == digit


def test_numbers_are_those_of_the_source():
    """Summary in the description that comes with scikit-learn: means of alcohol and proline."""
    found = task("wine")
    x = np.concatenate([found.x, found.test_x])
    assert x[:, 0].mean() == pytest.approx(13.0, abs=0.05)
    assert x[:, 12].mean() == pytest.approx(746, abs=1)
    cancer = task("breast_cancer")
    area = np.concatenate([cancer.x, cancer.test_x])[:, 3]
    assert (area.min(), area.max()) == (143.5, 2501.0)


def test_nobody_can_write_to_what_all_sessions_share():
    found = task("digits")
    for array in (found.x, found.y, found.test_x, found.test_y):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("name", ["iris", None, 3])
def test_other_names_are_refused(name):
    with pytest.raises(NormError) as caught:
        task(name)
    assert caught.value.code == "task"
    assert all(known in str(caught.value) for known in TASKS)
