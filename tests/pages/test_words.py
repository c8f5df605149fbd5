import pytest

from normlib import Spec
from pages.ui import words


@pytest.mark.parametrize(
    ("spec", "index", "sentence"),
    [
        (Spec("batch", (12, 6, 4, 4)), (3, 2, 1, 1),
         "192 entries: all samples, all pixels, channel 2"),
        (Spec("layer", (4, 6, 3, 3)), (3, 2, 1, 1),
         "54 entries: all channels, all pixels, sample 3"),
        (Spec("layer_position", (4, 6, 3, 3)), (3, 2, 1, 0),
         "6 entries: all channels, sample 3, pixel (1, 0)"),
        (Spec("instance", (4, 6, 3, 3)), (3, 2, 1, 0),
         "9 entries: all pixels, sample 3, channel 2"),
        (Spec("group", (4, 6, 3, 3), knobs={"groups": 3}), (3, 3, 1, 0),
         "18 entries: all pixels, sample 3, channels 2 to 3 (group 1)"),
        (Spec("batch", (5, 3)), (4, 1), "5 entries: all samples, channel 1"),
        (Spec("layer_position", (5, 3, 7)), (4, 1, 6),
         "3 entries: all channels, sample 4, time step 6"),
        (Spec("rms_position", (2, 3, 2, 2, 2)), (1, 1, 1, 0, 1),
         "3 entries: all channels, sample 1, voxel (1, 0, 1)"),
        (Spec("ghost", (4, 6, 3, 3), knobs={"parts": 2}), (3, 2, 1, 0),
         "18 entries: all pixels, the part of the batch with sample 3, channel 2"),
        (Spec("weight_norm", (4, 6, 3, 3)), (3, 2, 1, 0),
         "54 entries: all inputs, all kernel positions, output 3"),
        (Spec("cumulative_layer", (2, 3, 7)), (1, 2, 4),
         "15 entries: all channels, sample 1, time step 4. Statistics also take in every earlier "
         "step, and no later one."),
        (Spec("zca_whitening", (4, 6)), (3, 2),
         "4 entries: all samples, channel 2. All groups of the block are treated together, as one "
         "matrix."),
    ],
)  # fmt: skip
def test_a_group_in_words_names_what_is_pooled_and_what_is_kept_apart(spec, index, sentence):
    assert words.of_entry(spec, index) == sentence


def test_group_names_follow_the_columns_of_the_matrix():
    spec = Spec("group", (2, 4, 3, 3), knobs={"groups": 2})
    assert words.group_names(spec.partition) == ("n0 g0", "n0 g1", "n1 g0", "n1 g1")


def test_shapes_look_as_in_python():
    assert [words.shape(sizes) for sizes in ((3,), (3, 4))] == ["(3,)", "(3, 4)"]
