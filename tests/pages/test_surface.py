"""The page "Surface": pictures that are there at once, and those that are computed."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from normlib.landscape import panels
from normlib.landscape.heights import Heights
from normlib.landscape.heights import heights as heights_of
from pages.ui import frame, state, text
from tests.pages.test_pages import open_page, texts

PATIENCE = 60.0  # seconds


def labels(language: str = "en") -> dict[str, str]:
    return text.labels(language)


def opened(**query: str) -> AppTest:
    app = open_page("surface", **query)
    assert not app.exception
    assert not app.warning
    return app


def heights(plane: str, depth: int) -> dict[tuple[str, str], Heights]:
    return {(panel.net.method, panel.statistics): heights_of(surface)
            for panel, surface in panels.known().items()
            if (panel.plane, panel.net.depth) == (plane, depth)}  # fmt: skip


@pytest.mark.parametrize("surface", state.FIELDS["surface"].choices)
@pytest.mark.parametrize("plane", state.FIELDS["plane"].choices)
@pytest.mark.parametrize("depth", [3, 6])
def test_shipped_pairs_are_there_without_a_click(depth: int, plane: str, surface: str):
    app = opened(surface_depth=str(depth), plane=plane, surface_statistics="both", surface=surface)
    assert len(app.get("plotly_chart")) == 3
    assert not [button for button in app.button if button.label == labels()["surface.compute"]]
    shown = texts(app)
    for one in heights(plane, depth).values():
        assert f"| {one.net:.3g} | {one.least:.3g} | {one.most:.3g} |" in shown
    assert ("squared distances" in shown) == (plane == "trajectory")


def test_both_statistics_are_compared_by_computed_numbers():
    found = heights("random", 6)
    running, batch = (found["batch", one].most for one in ("running", "batch"))
    shown = texts(opened(surface_depth="6", surface_statistics="both"))
    assert f"**{running:.3g} with running statistics**" in shown
    assert f"**{running / batch:.3g} times** as high" in shown
    assert "cliff" not in texts(opened(surface_depth="6"))


@pytest.mark.parametrize(("plane", "verdict"), [("random", "higher"), ("trajectory", "lower")])
def test_the_page_says_which_climbs_higher_even_where_it_is_batch_norm(plane: str, verdict: str):
    found = heights(plane, 3)
    plain, batch = (found[method, "batch"].most for method in ("none", "batch"))
    said = labels()[f"surface.between.{verdict}"].format(
        first="No normalization", second="Batch norm, batch statistics",
        first_most=f"{plain:.3g}", second_most=f"{batch:.3g}",
        ratio=f"{max(plain, batch) / min(plain, batch):.3g}",
    )  # fmt: skip
    assert said in texts(opened(plane=plane))


@pytest.mark.parametrize("method", state.NETS)
def test_every_method_can_be_asked_for_and_meanwhile_the_example_is_labelled(method: str):
    app = opened(surface_second=method, surface_depth="4")
    assert labels()["surface.compute"] in [button.label for button in app.button]
    assert "came with the app" in texts(app)
    assert len(app.get("plotly_chart")) == 2


def test_a_preview_comes_first_and_is_replaced_by_all_cells():
    app = opened(surface_second="layer", surface_depth="1", surface_steps="0", seed="5")
    press(app, "surface.compute")
    said = []
    until = time.monotonic() + PATIENCE
    while labels()["surface.computed"].format(many=51) not in texts(app):
        assert time.monotonic() < until
        said += [one.value for one in app.caption if "Preview" in one.value]
        time.sleep(0.05)
        app.session_state[frame.HOUSE] = True
        app.run()
        assert not app.exception
    assert said
    assert "Layer norm" in texts(app)


def press(app: AppTest, label: str) -> None:
    app.session_state[frame.HOUSE] = True  # else the test driver goes through app.py and forgets
    next(button for button in app.button if button.label == labels()[label]).click().run()
    assert not app.exception


def test_one_net_is_one_picture():
    app = opened(surface_first="batch", surface_statistics="batch")
    assert "came with the app" not in texts(app)
    assert len(app.get("plotly_chart")) == 1
