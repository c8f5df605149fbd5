"""Every page, in every language, with every method and layout: it opens and says what it should."""

from itertools import product
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from normlib import LAYOUTS, METHODS
from pages.ui import state, text

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def open_page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{name}.py").run()


def texts(app: AppTest) -> str:
    return "\n".join(element.value for kind in ("markdown", "caption", "latex", "title")
                     for element in getattr(app, kind))  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_its_title_and_method(name: str, language: str, method: str):
    app = open_page(name, lang=language, method=method)
    assert not app.exception
    labels = text.labels(language)
    assert app.title[0].value == labels[f"pages.{name}.heading"]
    assert labels[f"method.{method}.text"] in texts(app)


@pytest.mark.parametrize(("layout", "kind"), list(product(LAYOUTS, state.DATA)))
@pytest.mark.parametrize("name", ["groups", "steps"])
def test_a_page_opens_with_every_layout_and_every_kind_of_data(name, layout, kind):
    app = open_page(name, layout=layout, data=kind, method="group")
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("step", state.STEPS)
def test_every_step_shows_its_formula(step: str, method: str):
    app = open_page("steps", step=step, method=method, cell="1,2,1,0", digits="full")
    assert not app.exception
    assert len(app.latex) == 1
    assert app.subheader[0].value[0].isdigit()


@pytest.mark.parametrize(
    ("query", "memory"),
    [
        ({"method": "batch"}, "copy"),
        ({"method": "layer"}, "transposed_view"),
        ({"method": "batch", "n": "1"}, "transposed_view"),
        ({"method": "batch", "layout": "nc"}, "view"),
    ],
)
def test_the_reshape_says_whether_numbers_are_copied(query: dict[str, str], memory: str):
    app = open_page("steps", step="reshape", **query)
    assert text.labels("en")[f"memory.{memory}"] in texts(app)


@pytest.mark.parametrize("recovery", state.RECOVERY)
@pytest.mark.parametrize("method", METHODS)
def test_every_recovery_shows_how_far_the_output_is_from_the_input(method: str, recovery: str):
    app = open_page("steps", method=method, recovery=recovery)
    assert not app.exception
    residual = float(app.metric[0].value)
    restores = recovery == "undo" and method == "batch"
    assert (residual < 1e-12) == restores
    assert len(app.success) == restores


def test_dividing_by_the_variance_is_not_undone_and_says_so():
    app = open_page("steps", recovery="undo", by_variance="true")
    assert float(app.metric[0].value) > 0.1
    assert app.warning[0].value == text.labels("en")["recovery.by_variance"]


def test_without_gamma_and_beta_the_page_says_what_is_missing():
    app = open_page("steps", affine="false")
    assert app.info[0].value == text.labels("en")["recovery.none"]


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_instance_norm_without_space_gets_a_sentence_and_the_page_lives(language: str):
    app = open_page("groups", lang=language, method="instance", layout="nc")
    assert not app.exception
    assert "(4, 6)" in app.warning[0].value
    assert app.selectbox(key="method").value == "instance"  # the way out is still there


def test_a_bad_link_says_what_is_shown_instead():
    app = open_page("groups", n="99", method="<b>x</b>")
    assert not app.exception
    assert len(app.warning) == 2
    assert "n = 99" in app.warning[0].value
    assert "**4**" in app.warning[0].value


@pytest.mark.parametrize("values", ["1,2,abc", "nan", "1e999"])
def test_a_bad_number_in_the_table_gets_a_sentence(values: str):
    app = open_page("groups", data="table", values=values)
    assert not app.exception
    assert len(app.warning) == 1


def test_only_group_counts_that_divide_the_channels_are_offered():
    app = open_page("groups", method="group", c="12")
    assert app.segmented_control(key="groups").options == ["1", "2", "3", "4", "6", "12"]


def test_the_count_of_statistics_and_the_shapes_are_shown():
    app = open_page("groups", method="group", groups="3", n="4", c="6")
    assert [metric.value for metric in app.metric] == ["12", "32", "(4, 3)", "(6,)", "(6,)"]
