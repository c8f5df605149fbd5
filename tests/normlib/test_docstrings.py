"""What a public docstring has to say: of errors, that they are raised."""

import ast
from pathlib import Path

import pytest

import normlib

FILES = sorted(Path(normlib.__file__).parent.rglob("*.py"))


def raises(node):
    """Whether the lines of a function itself, not of those that it calls, raise a NormError."""
    return any(
        isinstance(part, ast.Raise) and isinstance(part.exc, ast.Call)
        and getattr(part.exc.func, "id", "") == "NormError"
        for part in ast.walk(node)
    )  # fmt: skip


def speakers(tree):
    """Public functions and methods, each with the docstring that a reader meets: its own, or its
    class's for what makes an instance."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    yield method, node if method.name.startswith("__") else method


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_public_function_that_raises_a_norm_error_says_so(path):
    silent = [
        node.name
        for node, where in speakers(ast.parse(path.read_text("utf-8")))
        if raises(node) and not where.name.startswith("_")
        and "NormError" not in (ast.get_docstring(where) or "")
    ]  # fmt: skip
    assert silent == []
