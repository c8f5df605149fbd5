"""The workbench: what is typed is composed, judged, measured and written as code, or refused."""

import random

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from normlib import LAYOUTS, Spec, apply, data, parameters
from normlib.compose import COMPOSABLE, EXAMPLES, GIVING_BACK, PER
from normlib.operations import OPERATIONS
from pages.ui import state, text
from tests.normlib.test_pattern import fuzzed
from tests.pages.test_pages import open_page, texts

EN = text.labels("en")


def open_bench(text_: str = "n g", **query: str) -> AppTest:
    app = open_page("workbench", compose=text_, **query)
    assert not app.exception
    return app


def start(key: str) -> str:
    """The words of a label before its first placeholder."""
    return EN[key].split("{")[0]


def test_a_published_composition_is_named_with_its_paper_and_leads_to_its_pages():
    app = open_bench("n c h w -> (h w) (n c)")
    said = app.success[0].value
    assert said.startswith(start("workbench.published"))
    for part in ("Instance norm", "https://arxiv.org/abs/1607.08022", "Group norm with groups = 6",
                 "2018"):  # fmt: skip
        assert part in said
    assert not app.info
    labels = [link.proto.label for link in app.get("page_link")]
    assert {"Open Instance norm in Groups", "Open Instance norm in Steps"} <= set(labels)


def test_a_method_without_its_learned_part_is_said_to_be_so():
    said = open_bench("n h w", gives_back="identity").success[0].value
    assert "Layer norm per position without learned parameters" in said
    assert "Positional norm" in said[: said.index("Layer norm")]


@pytest.mark.parametrize(("typed", "layout"), [("h", "nchw"), ("n k", "nchw"), ("t", "nct")])
def test_what_no_entry_of_the_table_has_is_called_new(typed: str, layout: str):
    app = open_bench(typed, layout=layout)
    assert app.info[0].value.startswith(start("workbench.new"))
    assert not app.success


def test_another_recovery_is_new_and_names_its_relatives():
    app = open_bench("c", gives_back="residual")
    assert app.info[0].value.startswith(start("workbench.relatives"))
    assert "Batch norm" in app.info[0].value


@pytest.mark.parametrize(
    ("query", "key"),
    [({"compose": "n c"}, "within"), ({"compose": "h"}, "across"),
     ({"compose": "h", "n": "1"}, "single")],
)  # fmt: skip
def test_it_says_whether_groups_reach_across_samples(query: dict[str, str], key: str):
    shown = texts(open_page("workbench", **query))
    for other in ("within", "across", "single"):
        assert (EN[f"workbench.{other}"] in shown) == (other == key)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, {"shift_blind", "scale_eps", "bare_blind"}),
        ({"eps": "0.0"}, {"shift_blind", "scale_blind"}),
        ({"operation": "rms"}, {"shift_sees", "scale_eps", "bare_blind"}),
        ({"operation": "center"}, {"shift_blind", "scale_sees"}),
        ({"operation": "l2"}, {"shift_sees", "scale_blind"}),
        ({"operation": "zca", "data": "counting"}, {"shift_blind"}),
    ],
)  # fmt: skip
def test_the_gradient_says_which_changes_of_the_input_are_not_seen(query, said):
    shown = texts(open_bench("n c", bench="gradient", **query))
    known = ("shift_blind", "shift_sees", "scale_blind", "scale_eps", "scale_sees", "bare_blind")
    found = {key for key in known if start(f"workbench.gradient.{key}") in shown}
    assert said <= found if "data" in query else said == found


@pytest.mark.parametrize("library", ["NumPy", "PyTorch"])
def test_the_code_holds_the_pattern_and_runs(library: str):
    app = open_bench("n k", bench="code", n="2", c="4", h="2", w="2", library=library)
    assert "n (g k) h w -> (g h w) (n k)" in app.code[0].value
    x = np.random.default_rng(0).normal(size=(2, 4, 2, 2))
    names: dict[str, object] = {"x": x if library == "NumPy" else torch.tensor(x)}
    exec(app.code[0].value, names)
    spec = Spec("keep n k, standardize, affine per channel", x.shape, knobs={"groups": 2})
    expected = apply(spec, x, parameters.seeded(spec, x))
    np.testing.assert_allclose(np.asarray(names["y"]), expected, atol=1e-9)
    assert len(app.get("download_button")) == 1


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "named"),
    [("n x", "“x”"), ("n n", "“n”"), ("(n c", "“(”"), ("n, g=4", "“4”"), ("n c h w -> c n", "h"),
     ("", "n c"), ("__import__('os')", "\\_\\_import\\_\\_"), ("x" * 5000, "5000"),
     ("n c t -> n (c t)", "“t”")],
)  # fmt: skip
def test_what_does_not_fit_gets_one_sentence_and_no_picture(typed, named, language):
    app = open_bench(typed, lang=language) if typed else open_bench(" ", lang=language)
    assert len(app.warning) == 1
    assert named in app.warning[0].value
    assert not app.success
    assert not app.info
    assert {one.key for one in app.segmented_control} >= {"lang", "per", "layout"}
    assert "bench" not in {one.key for one in app.segmented_control}


def test_random_texts_never_break_the_page():
    rng = random.Random(1)
    app = open_bench()
    for _ in range(25):
        typed = fuzzed(rng).encode(errors="replace").decode()  # as browsers send it
        app.text_input(key="compose").set_value(typed).run()
        assert not app.exception
    app.text_input(key="compose").set_value("n c").run()
    assert not app.warning
    assert app.success


@pytest.mark.parametrize("operation", COMPOSABLE)
def test_every_operation_shows_every_step(operation: str):
    app = open_bench("n / h", operation=operation, bench="statistics")
    for step in ("reshape", *OPERATIONS[operation].statistics, "normalize", "reshape back"):
        app.segmented_control(key="step").set_value(step).run()
        assert not app.exception
        assert not app.warning
    assert open_bench("n k", operation=operation, lang="zh", step="normalize", gives_back="linear")


@pytest.mark.parametrize("gives_back", GIVING_BACK)
@pytest.mark.parametrize("per", PER)
def test_every_recovery_has_its_formula(gives_back: str, per: str):
    app = open_bench("h", gives_back=gives_back, per=per, step="recover")
    assert app.latex[0].value.removeprefix("$$\n").startswith("y = ")
    assert ("per" in {one.key for one in app.segmented_control}) == (gives_back != "identity")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("typed", ["n c", "n ...", "1", "m k", "n g, g=3", "b / c"])
def test_every_layout_and_kind_of_data_can_be_composed(typed: str, layout: str):
    for kind in data.KINDS:
        for operation in ("standardize", "pca"):
            app = open_bench(typed, layout=layout, data=kind, operation=operation)
            assert not app.warning


@pytest.mark.parametrize("key", EXAMPLES)
def test_an_example_fills_in_the_fields(key: str):
    app = open_bench("w", layout="nct")
    assert app.warning
    app.button_group(key="example").set_value(key).run()
    assert not app.exception
    assert not app.warning
    example = EXAMPLES[key]
    assert app.text_input(key="compose").value == example.text
    assert app.session_state["operation"] == example.operation
    assert app.button_group(key="example").value == key


def test_a_count_in_the_text_takes_the_place_of_its_control():
    counts = {typed: {one.key for one in open_bench(typed).segmented_control} & {"groups", "parts"}
              for typed in ("n g", "n g, g=3", "b c", "b g, b=2", "n c")}  # fmt: skip
    assert counts == {"n g": {"groups"}, "n g, g=3": set(), "b c": {"parts"},
                      "b g, b=2": {"groups"}, "n c": set()}  # fmt: skip


def test_too_many_columns_to_mix_are_refused_in_a_sentence():
    app = open_bench("n c h w", operation="zca", n="8", c="16")
    assert len(app.warning) == 1
