"""The page "Learning rates": both topics, in numbers of their records."""

from dataclasses import replace
from itertools import product
from time import sleep

import pytest
from streamlit.testing.v1 import AppTest

from normlib.landscape import limiting, shipped
from normlib.landscape.limits import ratio
from normlib.landscape.rate_settings import THIRDS
from pages.ui import frame, state, text
from pages.ui.smooth.shared import number
from tests.pages.test_pages import open_page, texts

TOPICS = state.FIELDS["rates"].choices
LABELS = text.labels("en")


def open_topic(topic: str, **query: str) -> AppTest:
    app = open_page("rates", rates=topic, **query)
    assert not app.exception
    assert not app.warning
    return app


def offers_to_measure(app: AppTest) -> bool:
    return LABELS["rates.measure"] in [button.label for button in app.button]


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_link_opens_every_topic_with_its_text_and_its_question(topic: str, language: str):
    shown = texts(open_topic(topic, lang=language))
    parts = text.page(language, "rates").split("\n---\n")[1:]
    for at, (explained, question) in enumerate(text.pairs(parts)):
        for part in (explained, question):
            assert (part.strip() in shown) == (at == TOPICS.index(topic))


@pytest.mark.parametrize("depth", [3, 6])
def test_a_shipped_sweep_is_shown_at_once_with_its_three_numbers(depth: int):
    app = open_topic("sweep", hidden_layers=str(depth))
    shown = texts(app)
    found = shipped.load(f"rates_depth_{depth}")
    for one in found.values():
        for name in ("start", "path", "largest"):
            assert number(one.middle(name), 3) in shown
    assert f"**{number(ratio(found, 'batch', 'none').times, 3)} times**" in shown
    assert not offers_to_measure(app)
    assert LABELS["rates.meanwhile"] not in shown


@pytest.mark.parametrize(
    "query",
    [{"hidden_layers": "2"}, {"start_weights": "torch"}, {"curve": "tanh"}, {"third": "ghost"}],
    ids=str,
)
def test_other_settings_are_measured_on_demand_and_the_shipped_sweep_stands_in(query):
    app = open_topic("sweep", **query)
    assert offers_to_measure(app)
    assert LABELS["rates.meanwhile"] in texts(app)
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize("third", THIRDS)
def test_every_third_method_has_a_name(third: str):
    assert LABELS[f"rates.method.{third}"]
    open_topic("sweep", third=third)


@pytest.mark.parametrize("case", state.FIELDS["edge_case"].choices)
def test_every_rate_of_a_case_has_its_verdict(case: str):
    shown = texts(open_topic("edge", edge_case=case))
    for one in shipped.load("rates_edge")[case].values():
        assert f"Rate **{number(one.training.rate)}**" in shown
        assert one.diverged or f"**{number(one.late, 3)} times**" in shown


def test_a_measurement_takes_the_place_of_the_shipped_sweep(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def measure(*settings: object, progress: object) -> object:
        asked.append(settings)
        return {name: replace(one, net=replace(one.net, depth=2))
                for name, one in shipped.load("rates_depth_6").items()}  # fmt: skip

    monkeypatch.setattr(limiting, "asked", measure)
    app = open_topic("sweep", hidden_layers="2", curve="tanh", third="ghost")
    app.session_state[frame.HOUSE] = True  # else the test driver goes through app.py and forgets
    next(one for one in app.button if one.label == LABELS["rates.measure"]).click().run()
    for _ in range(50):
        if "Hidden layers: 2" in texts(app):
            break
        sleep(0.1)
        app.run()
    assert not app.exception
    assert "**16 times**" in texts(app)
    assert asked == [("ghost", 2, "tanh", "he")]
    assert not offers_to_measure(app)
