"""The page "Training and prediction": every topic, in numbers."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from normlib.batch_size import SIZES
from normlib.conventions import CONVENTIONS
from normlib.grad_mode import four_cases
from normlib.stream import Source, feed, follow
from pages.ui import frame, state, text
from tests.pages.test_pages import open_page, texts

TOPICS = state.FIELDS["training"].choices


def labels(language: str = "en") -> dict[str, str]:
    return text.labels(language)


def open_topic(topic: str, **query: str) -> AppTest:
    app = open_page("training", training=topic, **query)
    assert not app.exception
    assert not app.warning
    return app


@pytest.mark.parametrize("topic", ["batches", "size", "drift"])
def test_another_seed_shows_other_numbers(topic: str):
    one, other = open_topic(topic, seed="1"), open_topic(topic, seed="2")
    assert one.number_input(key="seed").value == 1
    assert charts(one) != charts(other)


def charts(app: AppTest) -> list[str]:
    """What the charts of a page draw."""
    return [chart.proto.spec for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_link_opens_every_topic_with_its_text_and_its_question(topic: str, language: str):
    app = open_topic(topic, lang=language)
    _, *parts = text.parts("training") if language == "en" else _parts(language)
    explained, question = text.pairs(parts)[TOPICS.index(topic)]
    for part in (explained, question):
        assert part.strip() in texts(app)
    for other in TOPICS:
        assert (other == topic) == (_explained(other, language) in texts(app))


def _parts(language: str) -> list[str]:
    return text.page(language, "training").split("\n---\n")


def _explained(topic: str, language: str) -> str:
    return text.pairs(_parts(language)[1:])[TOPICS.index(topic)][0].strip()


@pytest.mark.parametrize(("convention", "size"), list(product(CONVENTIONS, (1, 8))))
def test_the_table_shows_the_step_of_each_record(convention: str, size: int):
    app = open_topic("batches", convention=convention, beside="torch", batch_size=str(size),
                     momentum="0.3", fed="7", channel="1", seed="5")  # fmt: skip
    fed = feed(Source(seed=5), size, 7)
    shown = texts(app).replace("−", "-")
    for path in (follow(fed, convention, 0.3), follow(fed, "torch", 0.3)):
        assert f"= **{path.mean[7, 1]:.4g}**" in shown
        assert f"= **{path.variance[7, 1]:.4g}**" in shown
    for values in (fed.mean, fed.biased, fed.unbiased):
        assert f"{values[6, 1]:.4g}" in shown


def test_before_the_first_batch_the_record_is_cold_and_the_page_says_so():
    assert labels()["training.cold"] in texts(open_topic("batches", fed="0"))


@pytest.mark.parametrize(
    ("convention", "beside", "momentum", "expected"),
    [
        ("torch", "keras", "0.1", ["Keras 3"]),
        ("torch", "keras", "0.9", ["PyTorch"]),
        ("onnx", "d2l_old", "0.2", ["ONNX", "d2l 2022"]),
        ("torch", "d2l", "0.1", []),
        ("cumulative", "pooled", "0.9", []),
    ],
)
def test_a_number_that_looks_like_the_other_conventions_is_pointed_out(
    convention, beside, momentum, expected
):
    app = open_topic("batches", convention=convention, beside=beside, momentum=momentum)
    assert len(app.info) == len(expected)
    for notice, name in zip(app.info, expected, strict=True):
        assert f"**{name}**" in notice.value
        assert f"**{1 - float(momentum):g}**" in notice.value


def test_next_back_and_the_last_batch():
    app = open_topic("batches", fed="58")
    app.button(key="next").click().run()
    app.button(key="next").click().run()
    assert app.slider(key="fed").value == state.MOST_FED
    assert app.button(key="next").disabled
    app.button(key="back").click().run()
    assert app.slider(key="fed").value == state.MOST_FED - 1


def test_play_starts_over_at_the_end_and_pauses():
    app = open_topic("batches", fed=str(state.MOST_FED))
    app.button(key="play").click().run()
    assert app.slider(key="fed").value == 0
    assert app.button(key="play").label == labels()["controls.pause"]
    app.button(key="play").click().run()
    assert app.button(key="play").label == labels()["controls.play"]


def test_torch_confirms_its_own_conventions_and_tells_where_others_differ():
    app = open_topic("batches", convention="torch", beside="keras", momentum="0.9")
    _press(app, "check.button")
    assert "equal" in app.success[0].value
    assert "PyTorch" in app.success[0].value
    assert "Keras 3" in app.info[-1].value


def _press(app: AppTest, label: str) -> None:
    app.session_state[frame.HOUSE] = True  # else the test driver goes through app.py and forgets
    next(button for button in app.button if button.label == labels()[label]).click().run()
    assert not app.exception


@pytest.mark.parametrize("size", SIZES)
def test_the_spread_of_every_batch_size_is_told(size: int):
    shown = texts(open_topic("size", batch_size=str(size), channel="2"))
    assert f"Batches of **{size}**, {4 * size} values" in shown
    assert f"theory σ/√m: {1 / (4 * size) ** 0.5:.3g}" in shown


@pytest.mark.parametrize("query", [{"shift": "-3.0", "stretch": "2.0"}, {"trained": "0"}, {}])
def test_every_drift_is_drawn(query: dict[str, str]):
    app = open_topic("drift", **query)
    assert len(app.get("plotly_chart")) == 1


def test_the_four_cards_hold_the_numbers_of_the_four_cases():
    app = open_topic("mode", batch_size="2", trained="10", seed="3")
    source = Source(seed=3)
    record = follow(feed(source, 2, 10), "d2l_old").records[10]
    shown = texts(app)
    for case in four_cases(record, source.batch(state.MOST_FED, 2)):
        assert case.right or f"**{case.difference:.3g}**" in shown
    _press(app, "grad_mode.run")
    assert "all four cards" in app.success[0].value
