"""Every page, in every language, with every method and layout: it opens and says what it should."""

from itertools import product
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from normlib import LAYOUTS, METHODS, Spec
from normlib.method import KINDS
from normlib.trace import step_names
from pages.ui import fit, state, text

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


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_its_title_in_every_language(name: str, language: str):
    app = open_page(name, lang=language)
    assert not app.exception
    assert app.title[0].value == text.labels(language)[f"pages.{name}.heading"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["home", "groups", "steps"])
def test_a_page_opens_with_every_method(name: str, method: str):
    app = open_page(name, method=method)
    assert not app.exception
    assert not app.warning
    assert text.labels("en")[f"method.{method}.text"] in texts(app)


PREDICTS = [key for key, method in METHODS.items() if method.mode_dependent]


@pytest.mark.parametrize("method", PREDICTS)
@pytest.mark.parametrize("name", ["groups", "steps"])
def test_a_page_opens_in_prediction(name: str, method: str):
    for step in ("reshape", "normalize", "reshape back"):
        app = open_page(name, method=method, mode="prediction", step=step, cell="1,2,1,0")
        assert not app.exception
        assert not app.warning
        assert app.segmented_control(key="mode").options == ["Training", "Prediction"]


def test_the_mode_is_offered_where_it_makes_a_difference():
    for method in METHODS:
        offered = {control.key for control in open_page("groups", method=method).segmented_control}
        assert ("mode" in offered) == (method in PREDICTS)


@pytest.mark.parametrize(("method", "key"), [("spectral", "iterations"), ("ghost", "parts")])
def test_a_setting_of_training_is_not_offered_in_prediction(method: str, key: str):
    for mode, offered in (("training", True), ("prediction", False)):
        app = open_page("groups", method=method, mode=mode)
        found = {one.key for one in (*app.number_input, *app.segmented_control)}
        assert (key in found) is offered


def test_prediction_shows_stored_statistics_and_training_does_not():
    stored = text.labels("en")["step.stored"]
    for method, step in (("batch", "variance"), ("pca_whitening", "whitening"), ("ghost", "mean")):
        assert stored in texts(open_page("steps", method=method, step=step, mode="prediction"))
        assert stored not in texts(open_page("steps", method=method, step=step))
    app = open_page("steps", method="layer", step="variance", mode="prediction")
    assert stored not in texts(app)  # nothing stored, no mode


def test_where_prediction_hands_the_input_on_there_are_two_steps():
    app = open_page("steps", method="cross", mode="prediction", step="variance")
    assert app.segmented_control(key="step").options == ["1 Input", "2 Reshape back"]
    assert app.info[0].value == text.labels("en")["recovery.unchanged"]


@pytest.mark.parametrize("method", METHODS)
def test_the_last_line_of_steps_asks_for_what_is_offered(method: str):
    app = open_page("steps", method=method)
    offered = any(
        "Meant to undo" in control.options for control in app.segmented_control
        if control.key == "recovery"
    )  # fmt: skip
    assert (text.parts("steps")[1].strip() in texts(app)) == offered
    assert (text.parts("steps")[2].strip() in texts(app)) != offered


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_the_reference_page_shows_every_method_with_formula_source_and_use(language: str):
    app = open_page("methods", lang=language)
    assert not app.exception
    assert len(app.latex) == 2 * len(METHODS)  # normalize, recover
    assert len(app.subheader) == len(METHODS)
    shown, labels = texts(app), text.labels(language)
    for method in METHODS.values():
        assert labels[f"method.{method.key}.text"] in shown
        assert labels[f"method.{method.key}.used"] in shown
        assert str(method.year) in shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_page_can_be_narrowed_to_a_kind_and_to_years(kind: str):
    of_kind = [method for method in METHODS.values() if method.kind == kind]
    since = max(method.year for method in of_kind)
    for query, expected in (
        ({}, of_kind),
        ({"since": str(since)}, [m for m in of_kind if m.year == since]),
    ):
        app = open_page("methods", kind=kind, **query)
        names = [text.labels("en")[f"method.{method.key}.name"] for method in expected]
        assert [heading.value for heading in app.subheader] == names


def test_the_reference_page_says_so_where_no_method_fits():
    app = open_page("methods", kind="weight", since="2024")
    assert app.info[0].value == text.labels("en")["methods.none"]


@pytest.mark.parametrize(("layout", "kind"), list(product(LAYOUTS, state.DATA)))
@pytest.mark.parametrize("name", ["groups", "steps"])
def test_a_page_opens_with_every_layout_and_every_kind_of_data(name, layout, kind):
    app = open_page(name, layout=layout, data=kind, method="group")
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("method", METHODS)
def test_a_step_shows_its_formula(method: str):
    names = step_names(Spec(method, (4, 6, 8) if METHODS[method].needs == "time" else (4, 6, 4, 4)))
    step = names[-4] if len(names) > 5 else "normalize"  # the last statistic
    app = open_page("steps", step=step, method=method, cell="1,2,1,0", digits="full")
    assert not app.exception
    assert len(app.latex) == 1
    assert app.subheader[0].value[0].isdigit()


@pytest.mark.parametrize("step", state.STEPS)
def test_a_step_that_the_method_lacks_is_replaced_by_its_last_statistic(step: str):
    app = open_page("steps", step=step, method="batch")
    assert not app.exception
    known = step_names(Spec("batch", (4, 6, 4, 4)))
    at = known.index(step if step in known else "variance")
    assert app.subheader[0].value.startswith(f"{at + 1} ")


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
@pytest.mark.parametrize("method", state.BASICS)
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
    assert app.info[0].value == text.t("recovery.none", names="gamma, beta")


@pytest.mark.parametrize(
    ("method", "layouts"),
    [("instance", ["NCT", "NCHW", "NCDHW"]), ("cumulative_layer", ["NCT"]),
     ("spectral", ["OI", "OIT", "OIHW", "OIDHW"])],
)  # fmt: skip
def test_only_axes_that_the_method_can_take_are_offered(method: str, layouts: list[str]):
    app = open_page("groups", method=method)
    assert not app.exception
    assert not app.warning
    assert app.segmented_control(key="layout").options == layouts


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"method": "instance", "layout": "nc"}, "layout = nc"),
        ({"method": "batch", "layout": "oihw"}, "layout = oihw"),
        ({"method": "cumulative_layer", "layout": "nchw", "n": "2"}, "layout = nchw"),
        ({"method": "group", "groups": "5"}, "groups = 5"),
        ({"method": "ghost", "n": "4", "parts": "3"}, "parts = 3"),
        ({"method": "virtual", "n": "2", "reference": "3"}, "reference = 3"),
        ({"method": "spectral", "data": "digits"}, "data = digits"),
    ],
)  # fmt: skip
def test_a_link_that_asks_for_what_does_not_fit_is_told_so_once(query, said):
    app = open_page("groups", **query)
    assert not app.exception
    assert len(app.warning) == 1
    assert said in app.warning[0].value
    assert not app.run().warning


def test_the_links_of_the_reference_page_ask_for_what_fits():
    app = open_page("methods", layout="nc", c="8", data="digits", kind="all")
    assert not app.warning
    found = [parse_qs(link.proto.query_string) for link in app.get("page_link")]
    queries = {query["method"][0]: query for query in found if "method" in query}
    assert len(queries) == len(METHODS) - 1  # batch is the default
    assert queries["layer"]["layout"] == ["nc"]
    assert "layout" not in queries["instance"]
    assert queries["layer"]["data"] == ["digits"]
    assert "data" not in queries["spectral"]


def test_filtered_digits_are_no_weights():
    assert "digits" in fit.kinds_of_data(METHODS["batch"])
    for method in METHODS.values():
        kinds = {"random", "constant", "table", "upload"}
        assert kinds <= set(fit.kinds_of_data(method)) <= set(state.DATA)
        assert ("digits" in fit.kinds_of_data(method)) == (method.tensor == "activation")


def test_a_bad_link_says_what_is_shown_instead():
    app = open_page("groups", n="99", method="<b>x</b>")
    assert not app.exception
    assert len(app.warning) == 2
    assert "n = 99" in app.warning[0].value
    assert "**4**" in app.warning[0].value
    app = open_page("groups", method="local_response", size="99999")
    assert text.labels("en")["frame.own"] in app.warning[0].value


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


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"method": "cumulative_layer"}, ["32", "6 to 48", "(4, 8)"]),
        ({"method": "sync"}, ["12", "64", "(6,)"]),
        ({"method": "zca_whitening"}, ["6", "64", "(6,)", "(6, 6)", "(6, 6)"]),
        ({"method": "group_whitening"}, ["2", "48", "(4, 2)", "(4, 2, 2)", "(4, 2, 2)"]),
        ({"method": "spectral"}, ["4", "96", "(4,)", "()"]),
        ({"method": "muon"}, ["4", "96", "()", "(4, 4)"]),
        ({"method": "dynamic_tanh"}, ["0"]),
        ({"method": "global_response"}, ["24", "16", "(4, 6)", "(4,)", "(4, 6)"]),
        ({"method": "ghost", "mode": "prediction"}, ["12", "32", "(6,)"]),
        ({"method": "cross", "mode": "prediction"}, ["0"]),
    ],
)  # fmt: skip
def test_the_numbers_of_statistics_are_those_that_there_are(query, shown: list[str]):
    found = [metric.value for metric in open_page("groups", **query).metric]
    assert found[: len(shown)] == shown


def test_a_setting_that_does_not_fit_the_method_gives_way_to_its_own():
    app = open_page("groups", method="ghost", n="4", parts="3")
    assert "**2**" in app.warning[0].value
    assert app.segmented_control(key="parts").value == 2
    app = open_page("groups", method="local_response", power="0.5")
    assert app.number_input(key="power").value == 0.5
    assert app.number_input(key="size").value == 5
