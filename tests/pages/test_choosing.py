"""The page Which one to use: every answer in every language, with sources, status and links."""

import re
from itertools import product
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from normlib.advice import ADVICE, ARCHITECTURES, BATCHES, STATUSES, TASKS, advise, answer, others
from normlib.reported import GROUP_NORM
from pages.ui import choosing, fit, state, text
from tests.pages.test_pages import open_page, texts


def opened(task: str, per_device: str, architecture: str, language: str = "en") -> AppTest:
    app = open_page("choosing", task=task, per_device=per_device, architecture=architecture,
                    lang=language)  # fmt: skip
    assert not app.exception
    assert not app.warning
    return app


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("one", ADVICE, ids=lambda one: one.key)
def test_a_statement_names_every_source_by_its_link_and_no_other(one, language: str):
    said = text.labels(language)[f"advice.{one.key}"]
    assert set(re.findall(r"\]\((https://[^)]+)\)", said)) == set(one.sources)
    assert f"choosing.status.{one.status}" in text.labels(language)


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_statement_belongs_to_an_advice_and_every_status_is_explained(language: str):
    labels = text.labels(language)
    assert {key.split(".")[1] for key in labels if key.startswith("advice.")} == {
        one.key for one in ADVICE
    }
    for status in STATUSES:
        assert f"*{labels[f'choosing.status.{status}']}*" in text.page(language, "choosing")


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize(("key", "sizes"), [("batch", (32,)), ("group", (2,)),
                                            ("noisy", (32, 4, 2))])  # fmt: skip
def test_errors_are_those_of_the_table_of_the_paper(key: str, sizes: tuple[int, ...], language):
    said = text.labels(language)[f"advice.{key}"]
    methods = ("batch",) if key == "noisy" else GROUP_NORM.errors
    for method, size in product(methods, sizes):
        assert str(GROUP_NORM.errors[method][GROUP_NORM.sizes.index(size)]) in said


@pytest.mark.parametrize(("task", "architecture"), list(product(TASKS, ARCHITECTURES)))
def test_every_reason_is_said_with_its_status(task: str, architecture: str):
    labels = text.labels("en")
    for per_device in BATCHES:
        given = (task, per_device, architecture)
        app = opened(*given)
        shown = texts(app)
        for one in advise(*given):
            assert (
                f"{labels[f'advice.{one.key}']} *{labels[f'choosing.status.{one.status}']}.*"
                in shown
            )
        for method in answer(*given):
            assert labels[f"method.{method}.name"] in app.subheader[0].value


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_the_table_names_what_would_change_the_answer(language: str):
    given = ("recognize", "many", "cnn")
    table = next(element.value for element in opened(*given, language).markdown
                 if "| --- |" in element.value)  # fmt: skip
    labels = text.labels(language)
    for other in others(*given):
        for option in other.options:
            assert labels[f"{other.question}.{option}.name"] in table
        assert labels[f"method.{other.methods[0]}.name"] in table


def test_links_lead_to_the_method_on_its_axes():
    def links(*given: str) -> list[dict[str, list[str]]]:
        return [parse_qs(link.proto.query_string) for link in opened(*given).get("page_link")]

    of_group = links("detect", "few", "cnn")
    assert sum(link.get("method") == ["group"] for link in of_group) == 2
    assert any(link.get("training") == ["paper"] for link in of_group)
    of_batch = links("recognize", "many", "cnn")
    assert any(link.get("batch_size") == ["32"] and link.get("training") == ["size"]
               for link in of_batch)  # fmt: skip
    assert any(link.get("method") == ["layer_position"] and link.get("layout") == ["nct"]
               for link in links("sequence", "many", "transformer"))  # fmt: skip


@pytest.mark.parametrize("given", list(product(TASKS, BATCHES, ARCHITECTURES)), ids=" ".join)
def test_every_link_of_an_answer_is_a_possible_state(given: tuple[str, str, str]):
    for method in answer(*given):
        for changed in choosing.pages_of(method, *given).values():
            wanted = state.defaults() | changed
            assert state.from_query(state.to_query(wanted)) == wanted
            assert fit.fitted(wanted) == wanted
