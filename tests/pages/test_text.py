"""Every language has every text, no text is missing, none is left over."""

import ast
import re
import string
from pathlib import Path

import pytest

from normlib import METHODS
from normlib.errors import SENTENCES
from normlib.operations import OPERATIONS
from normlib.recover import RECOVERIES
from pages.ui import state, text

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
OTHERS = [language for language in state.LANGUAGES if language != "en"]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def asked_for() -> list[re.Pattern[str]]:
    """A pattern for every label that the pages ask for; an f-string stands for many."""
    patterns = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if node.func.id == "t":
                    patterns.append(as_pattern(node.args[0]))
                elif node.func.id == "section":
                    patterns.append(as_pattern(node.args[0]) + r"\..+")
    return [re.compile(pattern) for pattern in patterns]


def as_pattern(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return re.escape(node.value)
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values
    )


def test_there_is_a_folder_for_each_language_and_no_other():
    assert sorted(path.name for path in text.FOLDER.iterdir()) == sorted(state.LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_all_languages_have_the_same_labels(language: str):
    assert text.labels(language).keys() == text.labels("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_all_languages_have_the_same_placeholders(language: str):
    ours, english = text.labels(language), text.labels("en")
    differing = {key for key in ours if placeholders(ours[key]) != placeholders(english[key])}
    assert not differing


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_all_languages_have_the_same_pages_in_the_same_parts(language: str):
    english = {path.name for path in (text.FOLDER / "en").glob("*.md")}
    ours = {path.name for path in (text.FOLDER / language).glob("*.md")}
    assert ours == english
    for name in english:
        stem = name.removesuffix(".md")
        assert text.page(language, stem).count("\n---\n") == text.page("en", stem).count("\n---\n")


def test_every_label_is_asked_for_somewhere():
    patterns = asked_for()
    left_over = [
        key for key in text.labels("en")
        if not any(pattern.fullmatch(key) for pattern in patterns)
    ]  # fmt: skip
    assert not left_over


def test_every_label_that_is_asked_for_exists():
    labels = text.labels("en")
    missing = [
        pattern.pattern for pattern in asked_for()
        if not any(pattern.fullmatch(key) for key in labels)
    ]  # fmt: skip
    assert not missing


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_error_of_normlib_has_a_sentence_that_names_only_known_facts(language: str):
    labels = text.labels(language)
    for code, sentence in SENTENCES.items():
        assert placeholders(labels[f"errors.{code}"]) <= placeholders(sentence), code
    known = {key.removeprefix("errors.") for key in labels if key.startswith("errors.")}
    assert known == set(SENTENCES)


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_method_has_its_text_and_no_other_has(language: str):
    keys = {key.split(".")[1] for key in text.labels(language) if key.startswith("method.")}
    assert keys == set(METHODS)


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_operation_and_every_statistic_is_put_into_words(language: str):
    labels = text.labels(language)
    for method in METHODS.values():
        assert f"operation.{method.operation}.text" in labels
        for name in OPERATIONS[method.operation].statistics:
            assert {f"step.{name}.name", f"step.{name}.text", f"view.panels.{name}"} <= set(labels)


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_recovery_is_put_into_words(language: str):
    labels = text.labels(language)
    known = {key.split(".")[1] for key in labels if key.startswith("recover.")}
    assert known == set(RECOVERIES)


def test_no_page_has_prose_in_python():
    """No string that is shown has three words in a row; docstrings and asserts are not."""
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
            and isinstance(node.body[0], ast.Expr)
        }
        ours = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Assert)
                for part in ast.walk(node)}  # fmt: skip
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                prose = re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", node.value)
                assert id(node) in docstrings | ours or not prose, f"{path.name}: {node.value!r}"
