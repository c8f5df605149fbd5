"""Break it: every failure at every setting says what is true there, in every language."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from normlib import Spec
from normlib.failures import FAILURES, reproduce
from pages.ui import failure, state, text

ROOT = Path(__file__).parents[2]
LABELS = text.labels("en")


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page("pages/breaking.py").run()


def verdicts(key: str) -> set[str]:
    """All that can happen, over settings and a few seeds."""
    return {reproduce(key, value, seed=seed).verdict
            for value in FAILURES[key].dials[0].choices for seed in (0, 1, 2)}  # fmt: skip


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("key", FAILURES)
def test_a_failure_opens_broken_with_all_its_parts_in_order(key: str, language: str):
    app = open_page(failure=key, lang=language)
    assert not app.exception
    assert not app.warning
    labels = text.labels(language)
    assert app.subheader[0].value == labels[f"failure.{key}.title"]
    assert len(app.error) == 1
    assert not app.success
    found = reproduce(key)
    assert [metric.label for metric in app.metric] == [
        labels[f"failure.{key}.number.{name}"] for name in found.numbers
    ]
    assert all(metric.value for metric in app.metric)
    assert [code.value for code in app.code] == [found.code.strip(), found.repair.strip()]
    said = "".join(element.value for element in app.markdown)
    done, why, source, repair = (said.index(part) for part in (
        labels[f"failure.{key}.done"], f"**{labels['breaking.why']}**",
        labels[f"failure.{key}.source"], f"**{labels['breaking.repair']}**",
    ))  # fmt: skip
    assert done < why < source < repair


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, entry in FAILURES.items() for value in entry.dials[0].choices
     if not reproduce(key, value).broken],
)  # fmt: skip
def test_where_nothing_breaks_the_page_says_so(key: str, value: float):
    app = open_page(failure=key, dial=str(float(value)))
    assert not app.exception
    assert len(app.success) == 1
    assert not app.error


@pytest.mark.parametrize("key", FAILURES)
def test_every_verdict_that_can_be_reached_has_a_sentence_and_no_other_has(key: str):
    start = f"failure.{key}.verdict."
    assert {label.removeprefix(start) for label in LABELS if label.startswith(start)} == verdicts(
        key
    )


def test_every_failure_has_its_texts_and_no_other_has():
    assert {label.split(".")[1] for label in LABELS if label.startswith("failure.")} == set(
        FAILURES
    )


@pytest.mark.parametrize("key", FAILURES)
def test_every_source_says_how_well_it_is_established(key: str):
    assert LABELS[f"failure.{key}.source"].startswith("Established")


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, entry in FAILURES.items() for value in entry.dials[0].choices],
)
def test_the_link_to_another_page_is_one_that_the_app_reads(key: str, value: float):
    found = reproduce(key, value, seed=7)
    assert (ROOT / "pages" / f"{found.page}.py").exists()
    known = state.from_query(found.query, lambda name, text: pytest.fail(f"{name}={text}"))
    if found.page in ("groups", "steps"):  # their links say all of a normalization
        assert known["method"] == Spec.from_query(found.query).method
    assert set(found.query) <= set(state.FIELDS)


def test_one_click_shows_another_failure_at_the_setting_that_breaks_it():
    app = open_page(failure="two", dial="8.0")
    assert app.success
    app.button_group(key="_numbers").set_value("half").run()
    assert app.subheader[0].value == LABELS["failure.half.title"]
    assert app.error
    assert app.query_params["failure"] == "half"
    assert app.select_slider(key="dial").value == 300


def test_a_setting_of_another_failure_gives_way_to_its_own():
    app = open_page(failure="divide", dial="0.95")
    assert not app.exception
    assert app.select_slider(key="dial").value == 4


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (-1024.0, "−1,024"), (1e-17, "≈ 0"), (-1e-17, "≈ 0"), (0.97558, "0.9756"),
     (float("nan"), "NaN"), (float("inf"), "∞"), (float("-inf"), "−∞"), (1.5e-8, "1.5e−08"),
     (8, "8"), (6.554e12, "6.554e+12")],
)  # fmt: skip
def test_numbers_are_shown_short_and_with_a_true_minus(value: float, shown: str):
    assert failure.number(value) == shown
