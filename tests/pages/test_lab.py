"""The page "Training lab": shipped pairs, presets, and a training that is steered."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from normlib.landscape import duel
from pages.ui import frame, state, text
from tests.pages.test_pages import open_page, texts

PATIENCE = 60.0  # seconds


def label(key: str, language: str = "en") -> str:
    return text.labels(language)[key]


def opened(**query: str) -> AppTest:
    app = open_page("lab", **query)
    assert not app.exception
    assert not app.warning
    return app


def press(app: AppTest, key: str) -> None:
    app.session_state[frame.HOUSE] = True  # else the test driver goes through app.py and forgets
    app.button(key=key).click().run()
    assert not app.exception


def again(app: AppTest) -> str:
    time.sleep(0.05)
    app.session_state[frame.HOUSE] = True
    app.run()
    assert not app.exception
    return texts(app)


def wait_for(app: AppTest, said: str) -> None:
    until = time.monotonic() + PATIENCE
    while said not in again(app):
        assert time.monotonic() < until


@pytest.mark.parametrize("name", duel.PRESETS)
def test_every_preset_sets_the_link_and_shows_its_finished_pair(name: str):
    app = opened(lab_depth="7", lab_init_other="torch", seed="4")
    press(app, f"_preset_{name}")
    shown = texts(app)
    assert label("lab.shipped") in shown
    pair = duel.known()[duel.PRESETS[name]]
    for run in pair:
        assert f"| {len(run.loss)} | {duel.standing(run).loss:.3g} |" in shown
    verdict = label(f"lab.verdict.{duel.better(pair)}")
    assert verdict.split("}")[-1] in shown
    assert ("blew up at step 11" in shown) == (name == "too_fast")
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_the_first_paint_is_a_finished_pair(language: str):
    app = opened(lang=language)
    assert label("lab.shipped", language) in texts(app)
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize("method", state.NETS)
def test_any_two_nets_can_be_asked_for(method: str):
    app = opened(lab_method=method, lab_depth="2", lab_noise="0.2", lab_batch="2")
    assert label("lab.example") in texts(app)
    assert [button.label for button in app.button if button.key == "_lab_start"] == ["Train"]


def test_a_training_is_stepped_paused_gone_on_with_and_found_again_when_done():
    app = opened(lab_steps="100", lab_depth="1", lab_depth_other="2", seed="9")
    press(app, "_lab_step")
    wait_for(app, "| 1 | ")
    assert app.button(key="_lab_pause").label == label("lab.resume")
    press(app, "_lab_step")
    wait_for(app, "| 2 | ")
    press(app, "_lab_pause")
    wait_for(app, "| 100 | ")
    wait_for(app, "two standard errors")
    assert label("lab.again") in [button.label for button in app.button]
    app.slider(key="lab_depth").set_value(3)
    assert label("lab.example") in again(app)
    app.slider(key="lab_depth").set_value(1)
    assert "| 100 | " in again(app)


def test_a_net_that_cannot_be_trained_gets_one_sentence():
    app = opened(lab_method="ghost", lab_batch="2", lab_steps="100", seed="6")
    press(app, "_lab_start")
    until = time.monotonic() + PATIENCE
    while not app.warning:
        assert time.monotonic() < until
        again(app)
    assert "single value" in app.warning[0].value
    app.select_slider(key="lab_batch").set_value(8)
    again(app)
    assert not app.warning


def test_a_cancelled_training_is_gone():
    app = opened(lab_steps="2000", lab_depth="1", seed="8")
    press(app, "_lab_start")
    until = time.monotonic() + PATIENCE
    while "_lab_cancel" not in {button.key for button in app.button}:
        assert time.monotonic() < until
        again(app)
    press(app, "_lab_cancel")
    assert label("lab.example") in again(app)
    assert app.button(key="_lab_start")


def test_presets_are_within_the_choices_of_the_link():
    for preset in duel.PRESETS.values():
        for training in preset.trainings:
            assert training.rate in state.FIELDS["lab_rate"].choices
            assert training.batch in state.FIELDS["lab_batch"].choices
            assert training.steps in state.FIELDS["lab_steps"].choices
        assert preset.noise in state.FIELDS["lab_noise"].choices
