"""The page that holds two methods side by side: verdict, reasons, and every confusion."""

import pytest
from streamlit.testing.v1 import AppTest

from normlib import LAYOUTS, METHODS
from normlib.comparison import AGREEMENTS
from normlib.confusions import CLAIMS, CONFUSIONS
from normlib.operations import OPERATIONS
from normlib.reasons import KEYS
from normlib.recover import RECOVERIES
from pages.ui import state, text
from tests.pages.test_pages import open_page, texts

EN = text.labels("en")


def verdict(app: AppTest) -> str:
    """The key of the only verdict on the page."""
    boxes = {"equal": app.success, "factor": app.info, "different": app.warning}
    found = [(key, box.value) for key, kind in boxes.items() for box in kind]
    assert len(found) == 1, found
    key, said = found[0]
    assert said.startswith(EN[f"equal.verdict.{key}"].split("{")[0].split("**")[1].join(["**"] * 2))
    return key


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "different"),
        ({"method": "layer", "other": "group", "other_groups": "1"}, "equal"),
        ({"method": "layer", "other": "group", "other_groups": "2"}, "different"),
        ({"method": "group", "groups": "6", "other": "instance", "learned": "true"}, "equal"),
        ({"method": "group", "groups": "3", "other": "group", "other_groups": "2"}, "different"),
        ({"method": "layer", "other": "layer_position", "layout": "nc"}, "equal"),
        ({"other": "frozen"}, "different"),
        ({"other": "frozen", "mode": "prediction"}, "equal"),
        ({"method": "pixel", "other": "rms_position"}, "equal"),
        ({"method": "pixel", "other": "rms_position", "same_eps": "false"}, "different"),
        ({"method": "l2", "other": "rms_position", "eps": "0.0"}, "factor"),
        ({"method": "weight_norm", "other": "layer"}, "equal"),  # falls back to the same tensor's
        ({"method": "weight_standardization", "other": "centralization"}, "different"),
        ({"by_variance": "true", "other": "act"}, "equal"),
    ],
)
def test_any_two_methods_get_a_verdict(query: dict[str, str], expected: str):
    app = open_page("equal", **query)
    assert not app.exception
    assert verdict(app) == expected


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_stand_on_both_sides(method: str):
    for query in ({"method": method}, {"other": method, "mode": "prediction", "learned": "true"}):
        app = open_page("equal", **query)
        assert not app.exception
        assert verdict(app) in AGREEMENTS


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_and_kind_of_data_gets_reasons_in_every_language(layout: str, language: str):
    for kind in state.DATA:
        app = open_page("equal", layout=layout, data=kind, other="rms", lang=language)
        assert not app.exception
        start = text.labels(language)["equal.reason.operation"].split("{")[0]
        assert start in texts(app)


def test_the_table_tells_groups_and_shapes_of_both():
    shown = texts(open_page("equal", method="group", groups="1", other="layer"))
    for cell in ("| Groups | 4 | 4 |", "| Entries in each | 96 | 96 |",
                 r"| Shape of gamma | (6,) | (6, 4, 4) |"):  # fmt: skip
        assert cell in shown


@pytest.mark.parametrize("key", CONFUSIONS)
def test_a_confusion_asks_first_and_answers_after_the_guess(key: str):
    app = open_page("equal", confusion=key)
    assert EN[f"equal.case.{key}.question"] in texts(app)
    assert EN[f"equal.case.{key}.why"] not in texts(app)
    assert not app.success
    assert not app.warning
    claim = CONFUSIONS[key].claim
    for guess in CLAIMS:
        app = open_page("equal", confusion=key, guess=guess)
        assert not app.exception
        right = EN["equal.right" if guess == claim else "equal.wrong"]
        assert f"**{right} {EN[f'equal.claim.{claim}']}**" in texts(app)
        assert EN[f"equal.case.{key}.practice"] in texts(app)
        assert CONFUSIONS[key].source in texts(app)
    assert verdict(app) in ("equal" if claim != "different" else claim, "factor", "different")


@pytest.mark.parametrize("key", CONFUSIONS)
def test_a_confusion_opens_in_chinese_on_the_smallest_and_largest_shapes(key: str):
    for size in ("1", "4"):
        app = open_page("equal", confusion=key, guess="equal", lang="zh", learned="true",
                        mode="training", n=size, c=size, h=size, w=size, t=size)  # fmt: skip
        assert not app.exception
        assert text.labels("zh")[f"equal.case.{key}.why"] in texts(app)


def test_data_that_a_confusion_cannot_take_is_replaced():
    app = open_page("equal", confusion="one_group", guess="equal", data="upload")
    assert not app.exception
    assert verdict(app) == "equal"


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_everything_that_a_comparison_can_find_is_put_into_words(language: str):
    labels = text.labels(language)
    known = {
        "operation": OPERATIONS,
        "recovery": RECOVERIES,
        "verdict": AGREEMENTS,
        "claim": CLAIMS,
    }
    for kind, keys in known.items():
        found = {key.split(".")[2] for key in labels if key.startswith(f"equal.{kind}.")}
        assert found == set(keys)
    reasons = {key.split(".")[2] for key in labels if key.startswith("equal.reason.")}
    several = {"only_eps": {"only_eps_equal", "only_eps_factor"},
               "by_mode": {"by_training", "by_prediction"}}  # fmt: skip
    assert reasons == set().union(*(several.get(key, {key}) for key in KEYS))
    cases = {key.split(".")[2] for key in labels if key.startswith("equal.case.")}
    assert cases == set(CONFUSIONS)
