"""Every failure breaks where it says so, by the numbers of its closed form, and is repaired."""

import inspect
from itertools import product

import numpy as np
import pytest

from normlib.conventions import CONVENTIONS
from normlib.failures import FAILURES, SUBJECTS, Failure, Images, Lines, Table, View, reproduce
from normlib.failures.large_mean import FORMULAS, TOLERANCE, exact
from normlib.record import start
from normlib.running import observe, update

CASES = [
    (key, *dials)
    for key, entry in FAILURES.items()
    for dials in product(*(dial.choices for dial in entry.dials))
]
SEEDS = (0, 1, 5)


def found(key: str, *dials: float, seed: int = 0) -> tuple[Failure, dict[str, float]]:
    """The failure, and its numbers as done."""
    failure = reproduce(key, *dials, seed=seed)
    return failure, {name: done for name, (done, _) in failure.numbers.items()}


def drawing(failure: Failure, kind: type):
    return next(each for each in failure.drawings if isinstance(each, kind))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("key", FAILURES)
def test_a_failure_breaks_at_its_own_setting(key: str, seed: int):
    assert reproduce(key, seed=seed).broken


def test_all_but_those_that_cannot_be_avoided_have_a_setting_at_which_they_hold():
    always = {key for key, entry in FAILURES.items()
              if all(reproduce(key, value).broken for value in entry.dials[0].choices)}  # fmt: skip
    assert always == {"channels_last", "swapped", "tokens", "nan", "eval"}


def test_every_subject_has_failures_and_dials_name_what_the_functions_take():
    assert len(FAILURES) >= 12
    assert SUBJECTS == ("shapes", "numbers", "axes", "memory")
    for entry in FAILURES.values():
        names = [dial.name for dial in entry.dials] + ["seed"] * entry.seeded
        assert list(inspect.signature(entry.reproduce).parameters) == names
        assert all(dial.default in dial.choices for dial in entry.dials)


def test_a_setting_that_a_failure_does_not_take_gives_way_to_its_own():
    assert reproduce("divide", 99).numbers == reproduce("divide").numbers
    assert reproduce("divide", 99).numbers != reproduce("divide", 5).numbers


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_failure_is_the_same_every_time(case: tuple):
    key, *dials = case
    first, again = (repr(reproduce(key, *dials, seed=3).numbers) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("key", [key for key, entry in FAILURES.items() if entry.seeded])
def test_another_seed_gives_other_numbers_except_where_nan_is_counted(key: str):
    first, other = (repr(reproduce(key, seed=seed).numbers) for seed in (3, 4))
    assert (first == other) == (key == "nan")


@pytest.mark.parametrize("samples", [2, 4, 8])
def test_layer_norm_gives_one_sample_a_spread_and_batch_norm_needs_two(samples: int):
    _, numbers = found("single", 1)
    assert numbers == {"spread": 0, "values": 1}
    failure, numbers = found("single", samples)
    assert numbers["values"] == samples
    assert numbers["spread"] == pytest.approx(1, abs=0.05)
    assert failure.numbers["spread"][1] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(("groups", "left", "fits"), [(4, 2, 3), (5, 1, 3), (3, 0, 3), (6, 0, 6)])
def test_groups_are_repaired_by_the_next_number_that_divides(groups, left, fits):
    failure, numbers = found("divide", groups)
    assert numbers["left"] == left
    assert failure.numbers["left"][1] == 0
    assert failure.numbers["groups"] == (groups, fits)
    assert failure.broken == (left > 0)
    assert drawing(failure, View).trace.spec.groups == fits


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_samples_only_signs_are_left(seed: int):
    failure, numbers = found("two", 2, seed=seed)
    y = drawing(failure, View).trace.output
    assert np.allclose(np.abs(y), 1, rtol=1e-15)
    assert np.array_equal(np.sign(y[0]), -np.sign(y[1]))
    assert numbers["free"] == 0
    assert found("two", 8, seed=seed)[1]["largest"] > 1.1


def test_a_constant_in_float32_is_off_by_what_its_mean_is_off():
    for value in FAILURES["constant"].dials[0].choices:
        failure, numbers = found("constant", value)
        deviation = numbers["deviation"]
        closed = deviation / np.sqrt(deviation**2 + 1e-5)
        assert numbers["output"] == pytest.approx(closed, rel=1e-5)
        assert failure.numbers["output"][1] == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("values", [16, 64, 256, 1024])
@pytest.mark.parametrize("mean", FAILURES["large_mean"].dials[0].choices)
def test_the_repaired_variance_is_right_at_every_mean(mean: float, values: int, seed: int):
    failure, numbers = found("large_mean", mean, values, seed=seed)
    assert failure.numbers["error"][1] <= 2e-6
    assert failure.broken == (numbers["error"] > TOLERANCE)
    assert (failure.verdict == "negative") == (failure.broken and numbers["variance"] < 0)
    curve = drawing(failure, Lines).series["twice_centred"]
    assert curve.max() <= 2e-6


def test_one_pass_goes_negative_and_a_wider_number_only_moves_the_limit():
    table = drawing(found("large_mean", 1e5)[0], Table)
    one_pass, centred, twice = table.cells[table.rows.index("float32")]
    assert one_pass.state == "negative"
    assert one_pass.value < 0
    assert twice.error <= 2e-6 < centred.error
    assert table.cells[table.rows.index("float64")][0].state == "fine"
    table = drawing(found("large_mean", 1e7)[0], Table)
    assert table.cells[table.rows.index("float64")][0].state == "wrong"
    assert {cell.state for cell in table.cells[0]} == {"overflow"}


def test_all_numbers_stored_alike_leave_no_variance_to_compare_with():
    table = drawing(found("large_mean", 1e4)[0], Table)
    assert exact(np.full(4, 1e4, np.float16)) == 0
    assert {cell.state for cell in table.cells[0]} <= {"overflow", "equal"}
    assert table.columns == tuple(FORMULAS)


def test_the_chart_shows_the_error_of_the_table_at_the_mean_that_is_set():
    for mean in (1e2, 1e5):
        failure, _ = found("large_mean", mean)
        lines, table = drawing(failure, Lines), drawing(failure, Table)
        at = int(np.argmin(np.abs(lines.x - mean)))
        assert lines.x[at] == pytest.approx(mean)
        errors = [cell.error for cell in table.cells[1]]
        shown = [curve[at] for curve in lines.series.values()]
        assert shown == pytest.approx(errors, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("scale", FAILURES["half"].dials[0].choices)
def test_half_precision_breaks_where_a_square_passes_65504(scale: float):
    assert np.finfo(np.float16).max == 65504
    for seed in SEEDS:
        failure, numbers = found("half", scale, seed=seed)
        x = (scale * np.random.RandomState(seed).normal(size=256)).astype(np.float16)
        largest = np.abs((x - x.mean()).astype(float)).max()
        assert failure.broken == (largest**2 >= 65520)  # what rounds beyond 65504
        assert numbers["zeros"] == (256 if failure.broken else numbers["zeros"])
        assert numbers["spread"] == pytest.approx(0 if failure.broken else 1, abs=2e-3)
        assert failure.numbers["spread"][1] == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("sigma", FAILURES["by_variance"].dials[0].choices)
def test_dividing_by_the_variance_leaves_one_over_the_spread(sigma: float):
    failure, numbers = found("by_variance", sigma)
    s = (sigma * np.random.RandomState(0).normal(size=1024)).std()
    assert numbers["spread"] == pytest.approx(s / (s**2 + 1e-5), rel=1e-9)
    assert failure.numbers["spread"][1] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("sigma", FAILURES["other_eps"].dials[0].choices)
def test_another_eps_gives_another_spread(sigma: float):
    failure, _ = found("other_eps", sigma)
    s = (sigma * np.random.RandomState(0).normal(size=1024)).std()
    closed = [s / np.sqrt(s**2 + eps) for eps in (1e-5, 1e-3)]
    assert failure.numbers["spread"] == pytest.approx(closed, rel=1e-9)
    assert failure.numbers["eps"] == (1e-5, 1e-3)


@pytest.mark.parametrize("key", ["channels_last", "tokens"])
def test_the_second_axis_is_taken_for_channels(key: str):
    for size in FAILURES[key].dials[0].choices:
        failure, numbers = found(key, size)
        wrong, right = (each for each in failure.drawings if isinstance(each, View))
        channels = right.trace.spec.channels
        assert (failure.verdict == "silent") == (size == channels)
        assert failure.numbers["groups"] == (size, channels)
        assert wrong.partition.columns == size
        assert wrong.partition.rows == numbers["entries"]
        x = right.trace.steps[0].array
        other = tuple(axis for axis in range(x.ndim) if axis != 1)
        y = (x - x.mean(other, keepdims=True)) / np.sqrt(x.var(other, keepdims=True) + 1e-5)
        assert numbers["distance"] == pytest.approx(np.abs(y - right.trace.output).max())


def test_statistics_do_not_notice_that_height_and_width_are_swapped():
    for digit in range(10):
        failure, numbers = found("swapped", digit)
        assert failure.numbers["mean"] == failure.numbers["variance"] == (0, 0)
        pictures = drawing(failure, Images).pictures
        assert np.array_equal(pictures["wrong"], pictures["right"].T)
        assert failure.numbers["distance"][1] == 0
        assert numbers["distance"] > 1


@pytest.mark.parametrize("steps", FAILURES["cold"].dials[0].choices)
def test_cold_statistics_are_those_of_the_record(steps: int):
    failure, numbers = found("cold", steps, seed=2)
    x = 5 + 2 * np.random.RandomState(2).normal(size=(64, 1))
    record = start(1)
    for _ in range(steps):
        record = observe(record, x, convention="torch")
    y = (x - record.mean) / np.sqrt(record.variance + 1e-5)
    assert numbers == pytest.approx({"mean": y.mean(), "spread": y.std()}, abs=1e-9)
    assert failure.numbers["mean"][1] == pytest.approx(0, abs=1e-9)
    assert failure.numbers["spread"][1] == pytest.approx(np.sqrt(63 / 64), abs=1e-4)
    curves = drawing(failure, Lines).series
    assert (curves["mean"][steps], curves["spread"][steps]) == tuple(numbers.values())


def test_a_layer_that_has_seen_nothing_returns_its_input_over_root_one_plus_eps():
    _, numbers = found("cold", 0)
    x = 5 + 2 * np.random.RandomState(0).normal(size=64)
    assert numbers["mean"] == pytest.approx(x.mean() / np.sqrt(1 + 1e-5), rel=1e-12)


@pytest.mark.filterwarnings("ignore:Momentum")
@pytest.mark.parametrize("momentum", FAILURES["momentum"].dials[0].choices)
def test_a_mixed_up_momentum_scatters_more(momentum: float):
    failure, numbers = found("momentum", momentum)
    means = np.random.RandomState(0).normal(size=(200, 32)).mean(1)
    for name, convention in (("wrong", "torch"), ("right", "onnx")):
        record, seen = start(1), []
        for mean in means:
            record = update(record, np.array([mean]), np.ones(1), 32, convention=convention,
                            momentum=momentum)  # fmt: skip
            seen.append(record.mean[0])
        assert np.allclose(drawing(failure, Lines).series[name], seen, atol=1e-12)
    assert failure.broken == (momentum > 0.5)
    closed = means.std() * np.sqrt(momentum / (2 - momentum))
    assert numbers["noise"] == pytest.approx(closed, rel=0.1)


def test_keras_weighs_the_old_record_and_torch_the_new_batch():
    assert (CONVENTIONS["keras"].weighs, CONVENTIONS["torch"].weighs) == ("old", "new")


@pytest.mark.parametrize("later", FAILURES["nan"].dials[0].choices)
def test_one_nan_takes_its_channel_in_all_samples_and_stays_in_the_record(later: int):
    failure, _ = found("nan", later)
    assert failure.numbers == {
        "entries": (4 * 2 * 2, 3 * 2 * 2), "samples": (4, 1), "record": (1, 0),
        "predicted": (4 * 2 * 2, 0),
    }  # fmt: skip


def test_answers_in_training_mode_scatter_less_in_larger_batches():
    failure, numbers = found("eval", 4)
    scatter = drawing(failure, Lines).series["scatter"]
    assert (np.diff(scatter) < 0).all()
    assert scatter[1] == numbers["scatter"]
    assert scatter[-1] / scatter[-3] == pytest.approx(np.sqrt(32 / 128), rel=0.3)
    assert numbers["lowest"] < failure.numbers["lowest"][1] < numbers["highest"]
    assert failure.numbers["lowest"][1] == pytest.approx(1 / np.sqrt(1 + 1e-5), rel=1e-12)
