"""The formula of each step, and the numbers that one entry puts into it.

A formula is written once, with ``{names}`` where numbers go, in plain text; it can be worked out
as it stands (`evaluate`), shown with numbers (`plain`) or typeset (`latex`).
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from normlib.partition import check_index
from normlib.recover import NEUTRAL
from normlib.trace import Trace, on_matrix

Numbers = Mapping[str, float | int | str]


@dataclass(frozen=True)
class Formula:
    """The formula of a step.

    Attributes:
        symbols: in letters, LaTeX.
        numbers: with ``{names}`` for numbers: + - * / sqrt and brackets.
        result: name of the number that it gives.
        latex: the right-hand side typeset, ``<names>`` for numbers; empty where `numbers` will do.
    """

    symbols: str
    numbers: str
    result: str
    latex: str = ""


_X, _MEAN, _SQUARE = "x", r"\mu", r"\sigma^2"
_NUMBERS_OVER_ROOT = r"\frac{<x> - <mean>}{\sqrt{<variance> + <eps>}}"
_MEAN_FORMULA = Formula(
    r"\mu = \frac{1}{m}\sum_{i=1}^{m} x_i", "{total} / {count}", "mean",
    r"\frac{<first> + <second> + \cdots + <last>}{<count>} = \frac{<total>}{<count>}",
)  # fmt: skip
_VARIANCE_FORMULA = Formula(
    r"\sigma^2 = \frac{1}{m}\sum_{i=1}^{m} (x_i - \mu)^2", "{squares} / {count}", "variance",
    r"\frac{(<first> - <mean>)^2 + \cdots + (<last> - <mean>)^2}{<count>}"
    r" = \frac{<squares>}{<count>}",
)  # fmt: skip

FORMULAS: Mapping[str, Formula] = {
    "input": Formula(r"x_{<index>}", "{x}", "x"),
    "reshape": Formula(r"X_{<row>,\,<column>} = x_{<index>}", "{x}", "x"),
    "standardize.mean": _MEAN_FORMULA,
    "standardize.variance": _VARIANCE_FORMULA,
    "standardize.normalize": Formula(
        r"\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}",
        "({x} - {mean}) / sqrt({variance} + {eps})", "normalized", _NUMBERS_OVER_ROOT,
    ),
    "divide_by_variance.mean": _MEAN_FORMULA,
    "divide_by_variance.variance": _VARIANCE_FORMULA,
    "divide_by_variance.normalize": Formula(
        r"\hat{x} = \frac{x - \mu}{\sigma^2 + \varepsilon}",
        "({x} - {mean}) / ({variance} + {eps})", "normalized",
        r"\frac{<x> - <mean>}{<variance> + <eps>}",
    ),
    "rms.mean square": Formula(
        r"q = \frac{1}{m}\sum_{i=1}^{m} x_i^2", "{squares} / {count}", "mean_square",
        r"\frac{<first>^2 + <second>^2 + \cdots + <last>^2}{<count>} = \frac{<squares>}{<count>}",
    ),
    "rms.normalize": Formula(
        r"\hat{x} = \frac{x}{\sqrt{q + \varepsilon}}",
        "{x} / sqrt({mean_square} + {eps})", "normalized",
        r"\frac{<x>}{\sqrt{<mean_square> + <eps>}}",
    ),
    "recover.identity": Formula(r"y = \hat{x}", "{normalized}", "recovered"),
    "recover.gamma": Formula(
        r"y = \gamma \, \hat{x}", "{gamma} * {normalized}", "recovered",
        r"<gamma> \cdot <normalized>",
    ),
    "recover.gamma_beta": Formula(
        r"y = \gamma \, \hat{x} + \beta", "{gamma} * {normalized} + {beta}", "recovered",
        r"<gamma> \cdot <normalized> + <beta>",
    ),
    "reshape back": Formula(r"y_{<index>} = Y_{<row>,\,<column>}", "{recovered}", "recovered"),
}  # fmt: skip


def arrays(trace: Trace) -> dict[str, np.ndarray]:
    """The numbers of all entries and all groups at once, by the names that formulas use.

    Returns:
        ``x``, ``normalized``, ``recovered``, and ``gamma`` and ``beta`` where the spec has them,
        of the shape of the tensor; ``mean`` and ``variance`` or ``mean_square``, ``total`` and
        ``squares`` (of deviations from the mean), one number per group; ``count`` and ``eps``,
        one number.
    """
    spec, partition = trace.spec, trace.spec.partition
    matrix = np.asarray(trace["reshape"].array)
    shift = sum(trace.stats.shifts, np.zeros_like(trace.stats.scale))
    found = {
        "count": np.array(partition.rows), "eps": np.array(float(spec["eps"])),
        "total": np.array([math.fsum(column) for column in matrix.T.tolist()]),
        "squares": np.array([math.fsum(column) for column in ((matrix - shift) ** 2).T.tolist()]),
    }  # fmt: skip
    for name, value in trace.stats.named:
        found[name.replace(" ", "_")] = np.ravel(value)
    for name, step in (("x", "reshape"), ("normalized", "normalize"), ("recovered", "recover")):
        found[name] = partition.merge(trace[step].array)
    for name in spec.parameter_shapes:
        laid_out = on_matrix(spec, trace.parameters.get(name), matrix)
        if laid_out is None:
            laid_out = np.full_like(matrix, NEUTRAL[name])
        found[name] = partition.merge(laid_out)
    return found


def numbers(trace: Trace, index: tuple[int, ...]) -> dict[str, float | int | str]:
    """Every number that the formulas name, for the entry at ``index``.

    Returns:
        As `arrays`, for this entry and its group, and besides: ``first``, ``second`` and
        ``last`` entry of the group; ``index`` in the tensor, ``row`` and ``column`` in the
        matrix.
    """
    spec, matrix = trace.spec, np.asarray(trace["reshape"].array)
    flat = np.ravel_multi_index(check_index(index, spec.sizes), spec.sizes)
    row, column = (int(i) for i in np.argwhere(spec.partition.entries() == flat)[0])
    found: dict[str, float | int | str] = {
        "index": ",".join(map(str, index)), "row": row, "column": column,
        "first": float(matrix[0, column]), "last": float(matrix[-1, column]),
        "second": float(matrix[min(1, len(matrix) - 1), column]),
    }  # fmt: skip
    for name, values in arrays(trace).items():
        where = index if values.shape == spec.sizes else (column,)[: values.ndim]
        found[name] = values[where].item()
    return found


def show(value: float | int | str, digits: int) -> str:
    """A number as text, ``digits`` significant ones; 0 for all that it takes to read it back."""
    if isinstance(value, float):
        text = f"{value:.{digits}g}" if digits else repr(value)
        return "0" if text in ("-0", "-0.0") else text.removesuffix(".0")
    return str(value)


def digits_for(trace: Trace, digits: int) -> int:
    """As many digits as keep ``digits`` of them in differences from the mean (0 stays 0)."""
    x = np.asarray(trace["reshape"].array)
    spread = float(np.max(x.max(0) - x.min(0))) or 1.0
    lost = math.log10(max(1.0, float(np.abs(x).max()) / spread))
    return digits and min(17, digits + math.floor(lost))


def plain(key: str, found: Numbers, digits: int) -> str:
    """The formula in plain text with numbers, ready to be worked out by hand."""
    return _fill(FORMULAS[key].numbers, r"{(\w+)}", found, digits)


def latex(key: str, found: Numbers, digits: int) -> str:
    """The formula typeset: letters, then numbers, then the result."""
    formula = FORMULAS[key]
    right = formula.latex or re.sub(r"{(\w+)}", r"<\1>", formula.numbers)
    templates = (formula.symbols, right, f"<{formula.result}>")
    parts = [_typeset(_fill(template, r"<(\w+)>", found, digits)) for template in templates]
    return " = ".join(parts[:2] if parts[1] == parts[2] else parts)


def evaluate(expression: str) -> float:
    """Work out a formula in plain text; nothing but numbers, + - * / sqrt and brackets is read."""
    return _work_out(ast.parse(expression, mode="eval").body)


_OPERATORS: Mapping[type, Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.USub: operator.neg,
}  # fmt: skip


def _work_out(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=float() | int() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_work_out(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_work_out(left), _work_out(right))
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument], keywords=[]):
            return math.sqrt(_work_out(argument))
    raise ValueError(f"not part of a formula: {ast.dump(node)}")


def _fill(template: str, name: str, found: Numbers, digits: int) -> str:
    """Numbers in place of names; negative ones in brackets where a sign or a power meets them."""

    def put(match: re.Match[str]) -> str:
        text = show(found[match[1]], digits)
        meets = re.search(r"([-+*/]|\\cdot) *$", template[: match.start()])
        power = template[match.end() :].startswith("^")
        return f"({text})" if text.startswith("-") and (meets or power) else text

    return re.sub(name, put, template)


def _typeset(text: str) -> str:
    return re.sub(r"e([+-]?)0*(\d+)", lambda m: rf" \times 10^{{{m[1].strip('+')}{m[2]}}}", text)
