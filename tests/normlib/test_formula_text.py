"""Numbers as text, and text worked out: arithmetic and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normlib.formula import evaluate, show


@pytest.mark.parametrize(("expression", "value"), [
    ("2", 2), ("-(3 - 5)", 2), ("1 + 2 * 3 / 4", 2.5), ("(1 + 2) * -3", -9),
    ("6 / sqrt(4)", 3), ("1e-05", 1e-5), ("(-1.5 - 2) / sqrt(3 + 0.0625)", -2),
    ("2 ** 3", 8), ("(1 + 1) ** -0.5 ** 2", 2**-0.25), ("max(2, -3)", 2), ("min(2, -3)", -3),
    ("tanh(0.5) * 2", 0.9242343145200195), ("min(max(5, 1 / 3), 3)", 3),
])  # fmt: skip
def test_arithmetic_is_worked_out(expression, value):
    assert evaluate(expression) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("expression", [
    "x", "__import__('os')", "sqrt", "sqrt(1, 2)", "sqrt(4, x=1)", "abs(1)", "(1).real",
    "max(1)", "min(1, 2, 3)", "tanh()",
    "7 // 2", "7 % 2", "1 if 1 else 2", "[1]", "(1, 2)", "'1'", "1 < 2", "not 1", "~1", "+1", "1j",
    "lambda: 1", "True", "None", "1 and 2", "f'{1}'", "sqrt(x)", "1 + x", "-x", "1 << 3",
])  # fmt: skip
def test_anything_but_arithmetic_is_refused(expression):
    with pytest.raises(ValueError, match="not part of a formula"):
        evaluate(expression)


@pytest.mark.parametrize("expression", ["", "1 +", "x = 1", "import os", "1; 2"])
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(SyntaxError):
        evaluate(expression)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_shown_in_full_is_read_back(value):
    assert float(show(value, 0)) == value


@pytest.mark.parametrize(("value", "digits", "text"), [
    (1.0, 0, "1"), (-0.0, 0, "0"), (-0.0, 3, "0"), (2 / 3, 3, "0.667"), (12345.678, 3, "1.23e+04"),
    (100.0, 4, "100"), (7, 3, "7"), ("1,2", 3, "1,2"), (1e-5, 0, "1e-05"),
])  # fmt: skip
def test_numbers_are_shown_with_so_many_digits(value, digits, text):
    assert show(value, digits) == text
