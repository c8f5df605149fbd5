"""The page Recover: every topic opens in every setting and shows what normlib finds."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from normlib import descent, restoring, tints
from normlib.pictures import PICTURES
from pages.ui import state, text
from tests.pages.test_pages import open_page, texts
from tests.pages.test_sequences import cells

TOPICS = state.FIELDS["recovering"].choices
LABELS = text.labels("en")


def opened(topic: str = "fit", **query: str) -> AppTest:
    app = open_page("recovering", recovering=topic, **query)
    assert not app.exception
    return app


def after(app: AppTest) -> str:
    """How many steps the table of a descent says were taken."""
    return cells(app)[0][1]


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_topic_says_what_stands_before_and_after_it(topic: str, language: str):
    app = opened(topic, lang=language)
    assert not app.warning
    parts = text.page(language, "recovering").split("\n---\n")
    at = 1 + 2 * TOPICS.index(topic)
    assert all(part.strip() in texts(app) for part in (parts[0], *parts[at : at + 2]))


@pytest.mark.parametrize(("norm", "goal", "kind"), list(product(
    restoring.NORMS, restoring.TARGETS, restoring.RECOVER)))  # fmt: skip
def test_every_recovery_of_every_target_is_told_with_its_residual(norm: str, goal: str, kind: str):
    app = opened(normed=norm, goal=goal, restored_by=kind)
    assert not app.warning
    x = restoring.batch()
    found = restoring.restore(kind, restoring.normalized(norm, x), restoring.TARGETS[goal](x))
    said = LABELS["recovering.residual"].format(residual=f"{found.residual:.3f}", count=found.count)
    assert said in texts(app)
    bold = [cell for row in cells(app) for cell in row if cell.startswith("**")]
    assert bold[1:] == [f"**{found.residual:.3f}**"]
    assert len(app.get("image")) == 3


@pytest.mark.parametrize(("kind", "norm", "steps"), list(product(
    descent.KINDS, restoring.NORMS, ("0", "7", "200"))))  # fmt: skip
def test_a_descent_is_told_at_any_step(kind: str, norm: str, steps: str):
    app = opened("descent", learner=kind, normed=norm, descended=steps, recovery_rate="0.3")
    assert not app.warning
    assert after(app) == steps
    assert app.button(key="back").disabled == (steps == "0")
    assert app.button(key="next").disabled == (steps == "200")
    assert (LABELS["recovering.no_curvature"] in texts(app)) == (kind == "mlp")


def test_a_lost_descent_says_so():
    app = opened("descent", learner="linear", recovery_rate="2.5", descended="100")
    assert len(app.warning) == 1
    assert "Try a smaller learning rate" in app.warning[0].value


def test_next_goes_on_and_play_starts():
    app = opened("descent", descended="10")
    app.button(key="next").click().run()
    assert app.select_slider(key="descended").value == 12
    assert after(app) == "12"


@pytest.mark.parametrize("tint", tints.TINTS)
def test_a_class_shows_the_gamma_and_beta_that_it_reaches(tint: str):
    rows = cells(opened("class", tint=tint))
    for row, gamma, beta in zip(rows, *tints.TINTS[tint], strict=True):
        assert row[1:] == [f"{gamma:.3f}", f"{beta:.3f}", f"{beta:.3f}", f"{abs(gamma):.3f}"]


def test_a_button_paints_a_ready_map_into_the_link():
    app = opened("map")
    next(button for button in app.button if button.label == "Chess").click().run()
    assert app.text_area(key="painted").value == tints.MAPS["chess"]
    assert app.query_params["painted"] == tints.MAPS["chess"]


@pytest.mark.parametrize("painted", ["", "12", "9" * 64, "a" * 64, "0" * 63 + "*"])
def test_what_is_no_map_is_answered_with_a_sentence(painted: str):
    app = opened("map", painted=painted)
    assert len(app.warning) == 1
    assert app.text_area(key="painted").value == painted


@pytest.mark.parametrize("style", PICTURES)
def test_coloring_reaches_what_adain_does_not(style: str):
    mean, deviation, correlation, _ = (row[1:] for row in cells(opened("style", style_photo=style)))
    assert mean == deviation == ["0.000", "0.000"]
    assert correlation[1] == "0.000"
    assert (correlation[0] == "0.000") == (style == "palace")


@pytest.mark.parametrize("end", state.FIELDS["recovery_rate"].ends)
def test_both_ends_of_the_learning_rate_work(end: float):
    assert opened("descent", recovery_rate=str(end)).slider(key="recovery_rate").value == end
