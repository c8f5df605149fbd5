"""Santurkar's figure: shipped at once, computed on demand, and honest in every setting."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from normlib.landscape import shipped
from normlib.landscape.presets import SMOOTHNESS
from normlib.landscape.rescaled import FACTORS
from normlib.landscape.verdicts import CLAIMED, verdict
from pages.ui import frame, santurkar, state, text
from tests.pages.test_pages import open_page, texts

PATIENCE = 60.0  # seconds
TINY = {"figure_width": "25", "figure_depth": "1", "figure_steps": "20", "figure_second": "batch",
        "figure_third": "batch", "figure_eigenvalues": "false"}  # fmt: skip
LINKS = {  # what leads to the shipped settings
    "claim": {},
    "default_init": {"figure_init": "torch"},
    "shallow": {"figure_depth": "1", "figure_steps": "40"},
    "tanh": {"figure_activation": "tanh", "figure_init": "xavier", "figure_steps": "40"},
    "squared": {"figure_loss": "squared"},
}


def labels(language: str = "en") -> dict[str, str]:
    return text.labels(language)


def opened(**query: str) -> AppTest:
    app = open_page("santurkar", **query)
    assert not app.exception
    assert not app.warning
    return app


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_there_is_a_topic_for_every_choice_of_the_link():
    assert tuple(santurkar.TOPICS) == state.FIELDS["santurkar"].choices


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("topic", santurkar.TOPICS)
def test_a_topic_says_what_stands_before_and_after_it(topic: str, language: str):
    app = opened(santurkar=topic, lang=language)
    parts = text.page(language, "santurkar").split("\n---\n")
    at = 1 + 2 * list(santurkar.TOPICS).index(topic)
    assert all(part.strip() in texts(app) for part in (parts[0], *parts[at : at + 2]))


@pytest.mark.parametrize("name", SMOOTHNESS)
def test_shipped_settings_are_there_without_a_click_with_every_verdict(name: str):
    app = opened(**LINKS[name])
    assert labels()["santurkar.compute"] not in buttons(app)
    assert len(app.get("plotly_chart")) == 6
    assert app.segmented_control(key=santurkar.CASE).value == name
    shown, found = texts(app), shipped.load(f"santurkar_{name}")
    for method in ("batch", "layer", "group"):
        for quantity in CLAIMED:
            one = verdict(found, method, quantity)
            if one.says == "broken":
                assert f"{santurkar.MARKS[one.says]} |" in shown
                continue
            assert f"**{one.ratio:.3g}** (seeds {one.least:.3g} to {one.most:.3g})" in shown
            assert f"{santurkar.MARKS[one.says]} **{one.ratio:.3g}** |" in shown


def test_a_choice_of_shipped_settings_goes_into_the_link_and_leaves_the_methods():
    app = opened(figure_first="layer", figure_second="layer", figure_third="layer")
    app.session_state[frame.HOUSE] = True  # else the test driver goes through app.py and forgets
    app.segmented_control(key=santurkar.CASE).set_value("squared").run()
    assert not app.exception
    assert dict(app.query_params) == {
        "figure_loss": "squared", "figure_first": "layer", "figure_third": "layer",
    }  # fmt: skip
    assert len(app.get("plotly_chart")) == 6


def test_other_settings_are_asked_for_and_meanwhile_shipped_ones_are_labelled():
    app = opened(figure_loss="squared", figure_rate="0.2")
    assert labels()["santurkar.compute"] in buttons(app)
    stand_in = next(one.value for one in app.caption if "came with the app" in one.value)
    assert "squared, rate 0.1" in stand_in
    assert app.segmented_control(key=santurkar.CASE).value is None


@pytest.mark.parametrize("method", state.NETS)
def test_every_method_can_be_asked_for(method: str):
    shipped_ones = ("none", "batch", "layer", "group")
    app = opened(figure_third=method)
    lacking = method not in shipped_ones
    assert (labels()["santurkar.compute"] in buttons(app)) == lacking
    said = [one.value for one in app.caption if "Not measured yet" in one.value]
    assert len(said) == lacking
    assert "came with the app" not in "".join(one.value for one in app.caption)
    assert len(app.get("plotly_chart")) == 6


def test_what_is_asked_for_is_computed_and_stays():
    app = opened(**TINY)
    until = time.monotonic() + PATIENCE
    app.session_state[frame.HOUSE] = True
    next(one for one in app.button if one.label == labels()["santurkar.compute"]).click().run()
    while "rate 0.1, 20 steps" not in "".join(one.value for one in app.caption):
        assert time.monotonic() < until
        assert not app.exception
        time.sleep(0.5)
        app.session_state[frame.HOUSE] = True
        app.run()
    assert "1 × 25" in "".join(one.value for one in app.caption)
    assert len(app.get("plotly_chart")) == 5  # no eigenvalues
    assert labels()["santurkar.compute"] not in buttons(opened(**TINY))


@pytest.mark.parametrize("factor", FACTORS)
def test_the_table_of_scaled_weights_holds_the_numbers_of_the_record(factor: float):
    shown = texts(opened(santurkar="weights", hidden_factor=str(factor)))
    for record in shipped.load("santurkar_scale").values():
        for name in santurkar.SCALED:
            value, ratio = record.at(name, factor)
            assert f"**×\u00a0{ratio:.3g}** ({value:.3g})" in shown
    assert f"| ×\u00a01 | ×\u00a0{1 / factor:.3g} | ×\u00a0{factor**-2:.3g} |" in shown


def test_numbers_and_a_script_can_be_taken_away():
    for topic in santurkar.TOPICS:
        app = opened(santurkar=topic)
        found = {button.proto.label for button in app.get("download_button")}
        assert found == {labels()["exports.csv"], labels()["exports.script"]}
