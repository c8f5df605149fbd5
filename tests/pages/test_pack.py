import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pages.ui.tensor_view import LABELS, Panel, Scene, pack


def scene(sources=None, panels=(), groups: int = 4) -> Scene:
    return Scene(axes=("n", "c"), sizes=(2, groups), group=np.tile(np.arange(groups), 2),
                 group_names=tuple(map(str, range(groups))), panels=panels, numbers={}, formula="",
                 sentence="", channels_per_group=1, group_size=2, sources=sources,
                 labels=dict.fromkeys(LABELS, ""))  # fmt: skip


def unfolded(entries: np.ndarray, values: np.ndarray) -> Panel:
    return Panel("window", "unfolded", "", values, ("k", "j"), entries)


def read(packed: bytes) -> tuple[dict, Callable]:
    length = int.from_bytes(packed[:4], "little")

    def array(place: list[int], dtype: str) -> np.ndarray:
        start = 4 + length + place[0]
        return np.frombuffer(packed[start : start + place[1] * np.dtype(dtype).itemsize], dtype)

    return json.loads(packed[4 : 4 + length]), array


@pytest.mark.parametrize(
    "sources",
    [
        [(0,), (0, 1), (0, 1, 2), (0, 1, 2, 3)],
        [(0, 2), (1, 3), (2, 0), (3, 1)],
        [(), (1, 2), (), ()],
        [(), (), (), ()],
        [range(1), range(2), np.arange(3), [3, 0]],
        [range(0), range(0, 4, 2), range(3, 0, -1), (0, 1, 3)],
        [(0, 1), (2, 3), (), (0,)],
    ],
)
def test_the_sources_of_every_group_come_back_in_order(sources):
    header, array = read(pack(scene(sources)))
    offsets, runs = (array(place, "<i4") for place in header["sources"])
    pairs = runs.reshape(-1, 2)
    back = [[i for first, end in pairs[offsets[j] : offsets[j + 1]] for i in range(first, end)]
            for j in range(4)]  # fmt: skip
    assert back == [list(map(int, ids)) for ids in sources]


def test_a_long_window_takes_few_bytes():
    plain = scene(groups=2048)
    windows = replace(plain, sources=[range(j + 1) for j in range(2048)])
    assert len(pack(windows)) - len(pack(plain)) < 3 * 4 * 2048 + 200


def test_without_sources_none_are_packed():
    assert read(pack(scene()))[0]["sources"] is None


def test_what_stands_in_a_blank_cell_is_packed_as_nought():
    entries = np.array([[0, 1, 2, 3], [-1, 0, -1, -1]])
    values = np.where(entries < 0, np.nan, entries + 0.5)
    sources = [(0,), (0, 1), (2,), (3,)]
    header, array = read(pack(scene(sources, (unfolded(entries, values),))))
    assert array(header["panels"][0]["values"], "<f8").tolist() == [
        0.5,
        1.5,
        2.5,
        3.5,
        0,
        0.5,
        0,
        0,
    ]


def test_a_number_that_is_not_finite_stays_what_it_is_where_an_entry_stands():
    entries = np.array([[0, 1, 2, 3]])
    values = np.array([[np.nan, np.inf, 0, 1]])
    header, array = read(pack(scene([(0,), (1,), (2,), (3,)], (unfolded(entries, values),))))
    assert np.array_equal(array(header["panels"][0]["values"], "<f8"), values[0], equal_nan=True)


@pytest.mark.parametrize(
    ("sources", "panels", "words"),
    [
        ([(0,)] * 3, (), "3 sources for 4 groups"),
        ([(4,)] * 4, (), "no such group"),
        ([(-1,)] * 4, (), "no such group"),
        (None, (unfolded(np.zeros((1, 4), int), np.zeros((1, 4))),), "there are none"),
        ([(0,)] * 4, (unfolded(np.zeros((1, 5), int), np.zeros((1, 5))),), "5 columns"),
        (None, (Panel("t", "table", "", np.zeros((3, 2)), ("c", "c"), blocks=2),), "3 rows"),
    ],
)
def test_our_own_mistakes_are_caught_before_they_are_drawn(sources, panels, words):
    with pytest.raises(AssertionError, match=words):
        pack(scene(sources, panels))
