"""Shipped results: packed and unpacked, small, made by the table, and made again the same."""

import io
import subprocess
import sys

import numpy as np
import pytest

from normlib.landscape import Net, Surface, Sweep, Training, ship, shipped
from normlib.landscape.rescaling import rescaling

NAMES = sorted(path.stem for path in shipped.FOLDER.iterdir())
SURFACE = Surface(np.linspace(-1, 1, 3), np.arange(2.0), np.full((3, 2), 1 / 3), "running",
                  np.ones((4, 2)), np.ones(4), (0.75, 0.25), exact=False)  # fmt: skip
NET = Net(method="group", knobs={"groups": 4}, depth=2)
SWEEP = Sweep(NET, Training(rate=0.5), np.array([0.1, 0.2]), (3, 4),
              np.full((2, 2, 5), np.nan), np.full((2, 2), -1))  # fmt: skip


def agree(found, wanted, rtol, path="result"):
    """Everything in two results is equal, numbers up to a relative difference."""
    assert type(found) is type(wanted), path
    if isinstance(wanted, np.ndarray):
        assert found.dtype == wanted.dtype, path
        np.testing.assert_allclose(found, wanted, rtol=rtol, err_msg=path)
    elif isinstance(wanted, dict):
        assert list(found) == list(wanted), path
        for name in wanted:
            agree(found[name], wanted[name], rtol, f"{path}.{name}")
    elif hasattr(wanted, "__dataclass_fields__") and not isinstance(wanted, Net | Training):
        agree(vars(found), vars(wanted), rtol, path)
    else:
        assert found == wanted, path


@pytest.mark.parametrize("result", [SURFACE, SWEEP, {"one": SWEEP, "other": SWEEP}, (NET, None)])
def test_what_is_packed_comes_out_of_the_bytes(result):
    agree(shipped.unpack(shipped.pack(result)), result, rtol=1e-7)


def test_coordinates_are_kept_to_the_last_bit_and_tables_are_rounded_to_float32():
    found = shipped.unpack(shipped.pack(SURFACE))
    assert found.a.tolist() == SURFACE.a.tolist()
    assert found.values.tolist() == np.float32(SURFACE.values).astype(float).tolist()
    assert not found.values.flags.writeable


def test_the_same_result_gives_the_same_bytes():
    assert shipped.pack(SWEEP) == shipped.pack(SWEEP)


def test_a_file_that_unpacks_to_more_than_is_shipped_is_refused_unread():
    content = io.BytesIO()
    np.savez_compressed(content, tree=np.zeros(2 * shipped.LARGEST_CONTENT, np.uint8))
    with pytest.raises(ValueError, match="unpacks to"):
        shipped.unpack(content.getvalue())


def test_a_public_record_is_found_wherever_it_stands_now():
    arrays: dict[str, np.ndarray] = {}
    moved = shipped._encode(SWEEP, arrays) | {"record": "records.Sweep"}
    agree(shipped._decode(moved, arrays), SWEEP, rtol=1e-7)


def test_only_records_of_this_package_are_packed():
    with pytest.raises(AssertionError):
        shipped.pack(object())


def test_every_entry_has_its_file_and_every_file_its_entry():
    assert sorted(ship.RESULTS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_result_loads(name: str):
    assert shipped.load(name) is shipped.load(name)


def test_shipped_results_are_small():
    sizes = [path.stat().st_size for path in shipped.FOLDER.iterdir()]
    assert max(sizes) <= shipped.LARGEST_FILE
    assert sum(sizes) <= 1.5e6


def test_shipped_results_load_without_torch():
    code = ("import sys; from normlib.landscape import shipped;"
            f"[shipped.load(name) for name in {NAMES}]; print('torch' in sys.modules)")  # fmt: skip
    run = subprocess.run([sys.executable, "-c", code], cwd=shipped.FOLDER.parents[1],
                         capture_output=True, text=True, check=True)  # fmt: skip
    assert run.stdout.strip() == "False"


def test_a_result_made_again_is_the_shipped_one():
    wanted = shipped.load("santurkar_scale")["batch"]
    found = rescaling(Net(method="batch"), wanted.seeds[:1], (1.0,))
    for name in ("loss", "gradient", "eigenvalue"):
        shown = getattr(wanted, name)[:1, 4:5]
        np.testing.assert_allclose(getattr(found, name), shown, rtol=5e-3, err_msg=name)
