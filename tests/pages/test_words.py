import pytest

from normlib import METHODS, Spec, members
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
         "all channels, sample 1, time step 4, together with every earlier step, and no later one: "
         "15 entries in all"),
        (Spec("sync", (4, 6, 3, 3), knobs={"parts": 2}), (3, 2, 1, 0),
         "all pixels, the part of the batch with sample 3, channel 2, together with the other "
         "parts of the batch: 36 entries in all"),
        (Spec("zca_whitening", (4, 6)), (3, 2),
         "4 entries: all samples, channel 2. All columns are treated together, as one matrix."),
        (Spec("group_whitening", (4, 6, 3, 3), knobs={"groups": 2}), (3, 2, 1, 0),
         "27 entries: all pixels, sample 3, channels 0 to 2 (group 0). All groups of the sample "
         "are treated together, as one matrix."),
        (Spec("dynamic_tanh", (4, 6)), (3, 2), "This entry by itself: sample 3, channel 2"),
        (Spec("layer_position", (5, 1, 7)), (4, 0, 6),
         "1 entry: all channels, sample 4, time step 6"),
        (Spec("batch_instance", (4, 6, 3, 3)), (3, 2, 1, 0),
         "9 entries: all pixels, sample 3, channel 2. The result is mixed with one from the "
         "statistics of the channel in all samples."),
        (Spec("global_response", (4, 6, 3, 3)), (3, 2, 1, 0),
         "9 entries: all pixels, sample 3, channel 2. Their norm is compared with the norms of all "
         "channels of the sample."),
        (Spec("frozen", (4, 6)), (3, 2), "4 entries: all samples, channel 2. They share statistics "
         "that are stored, and give none themselves."),
    ],
)  # fmt: skip
def test_a_group_in_words_names_what_is_pooled_and_what_is_kept_apart(spec, index, sentence):
    assert words.of_entry(spec, index) == sentence


def test_group_names_follow_the_columns_of_the_matrix():
    spec = Spec("group", (2, 4, 3, 3), knobs={"groups": 2})
    assert words.group_names(spec.partition) == ("n0 g0", "n0 g1", "n1 g0", "n1 g1")


def test_shapes_look_as_in_python():
    assert [words.shape(sizes) for sizes in ((3,), (3, 4))] == ["(3,)", "(3, 4)"]


def test_at_prediction_stored_statistics_are_told_from_those_of_the_entries():
    spec = Spec("ghost", (4, 6, 3, 3), knobs={"parts": 2})
    assert "stored" not in words.of_entry(spec, (3, 2, 1, 0))
    assert "stored" in words.of_entry(spec, (3, 2, 1, 0), training=False)
    cumulative = Spec("cumulative_layer", (2, 3, 7))
    assert words.sentence(cumulative) == words.sentence(cumulative, training=False)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_the_count_of_a_sentence_is_that_of_the_entries_that_it_names(method: str, training: bool):
    spec = Spec(method, (4, 6, 8) if METHODS[method].needs == "time" else (4, 6, 4, 4))
    kind = words.structure(spec, training)
    sizes = words.group_sizes(spec, training)
    for index in ((0,) * len(spec.sizes), tuple(size - 1 for size in spec.sizes)):
        column = spec.partition.group_of_entry()[index]
        named = members(spec, index) if kind == "windows" else spec.partition.members(index)
        assert sizes[column] == len(named)
