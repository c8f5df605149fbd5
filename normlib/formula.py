"""The numbers that one entry puts into the formula of each step.

A formula can be worked out as it stands (`evaluate`), shown with numbers (`plain`) or typeset
(`latex`).
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

import numpy as np

from normlib.formulas import FORMULAS
from normlib.membership import sources
from normlib.partition import check_index
from normlib.spec import Spec
from normlib.trace import Trace

Numbers = Mapping[str, float | int | str]


def arrays(trace: Trace) -> dict[str, np.ndarray]:
    """The numbers of all entries and all groups at once, by the names that formulas use.

    Returns:
        ``x``, ``normalized``, ``recovered`` and the terms of `recover.recover` (``gamma``,
        ``beta`` ...), of the shape of the tensor; the statistics (``mean``, ``variance`` ...) and
        ``count``, ``total``, ``squares`` and ``absolute`` (of deviations where the operation
        centres) over the group or its window, one number per group; knobs, one number. Of a
        method that leaves the input alone, ``x`` and no more.
    """
    spec, partition, stats = trace.spec, trace.spec.partition, trace.stats
    if "reshape" not in trace.names:  # the input comes back as it is
        return {"x": np.asarray(trace.output)}
    matrix = np.asarray(partition.flat(trace["reshape"].array))
    found: dict[str, np.ndarray] = {"eps": np.array(spec.eps)}
    found |= {name: np.array(float(value)) for name, value in spec.settings.items()}
    for name, value in (*stats.named, *stats.numbers.items()):
        found[name.replace(" ", "_")] = _per_group(value, partition.columns)
    found |= _sums(spec, matrix, found)
    for name, step in (("x", "reshape"), ("normalized", "normalize"), ("recovered", "recover")):
        found[name] = np.asarray(partition.merge(trace[step].array))
    for name, value in trace.terms.items():
        found[name] = np.broadcast_to(value, spec.sizes)
    for name in ("gamma", "beta"):
        if name in spec.parameter_shapes and name not in found:
            found[name] = np.full(spec.sizes, {"gamma": 1.0, "beta": 0.0}[name])
    if spec.recovery.key == "modulation":
        found["modulation"] = _given(trace, "gamma")
    if stats.matrix is not None:
        found |= _mixing(trace)
    return found


def numbers(trace: Trace, index: tuple[int, ...]) -> dict[str, float | int | str]:
    """Every number that the formulas name, for the entry at ``index``.

    Returns:
        As `arrays`, for this entry and its group, and besides: ``first``, ``second`` and
        ``last`` entry of the group or its window; ``index`` in the tensor, ``row`` and
        ``column`` in the matrix.
    """
    spec = trace.spec
    flat = np.ravel_multi_index(check_index(index, spec.sizes), spec.sizes)
    row, column = (int(i) for i in np.argwhere(spec.partition.entries() == flat)[0])
    found: dict[str, float | int | str] = {
        "index": ",".join(map(str, index)), "row": row, "column": column,
    }  # fmt: skip
    if "reshape" not in trace.names:
        return found | {"x": np.asarray(trace.steps[0].array)[index].item()}
    matrix = np.asarray(spec.partition.flat(trace["reshape"].array))
    window = matrix[:, _windows(spec)[column]].T.ravel()
    found |= {"first": float(window[0]), "second": float(window[min(1, len(window) - 1)]),
              "last": float(window[-1])}  # fmt: skip
    for name, values in arrays(trace).items():
        where = index if values.shape == spec.sizes else (column,)[: values.ndim]
        found[name] = values[where].item()
    return found


def shown(trace: Trace, name: str) -> str:
    """Key of the formula to show for a step: its own, or one that names gamma as it is given."""
    key = trace[name].formula
    modulated = name == "recover" and trace.spec.recovery.key == "modulation"
    return key.replace("recover.", "modulate.") if modulated else key


def _given(trace: Trace, name: str) -> np.ndarray:
    """A parameter on axes of the layout, at every entry; 0 where none is given."""
    spec = trace.spec
    value = np.asarray(trace.parameters.get(name, 0.0))
    axes = [size if axis in spec.parameter_axes else 1 for axis, size in spec.lengths.items()]
    return np.broadcast_to(value.reshape(axes) if value.ndim else value, spec.sizes)


def _per_group(value: np.ndarray, groups: int) -> np.ndarray:
    """One number per group: of a matrix that mixes columns the diagonal."""
    value = np.asarray(value)
    if value.ndim >= 2 and value.shape[-2] == value.shape[-1] != 1:
        value = np.diagonal(value, 0, -2, -1)
    return np.ravel(value) if value.size == groups else np.full(groups, np.ravel(value)[0])


def _windows(spec: Spec) -> list[np.ndarray]:
    """Columns over which statistics are summed, for every column."""
    if spec.operation == "orthogonalize":
        return sources(spec)
    pools = [pool for pool in spec.pools[:1] if spec.operation != "global_response"]
    return pools[0].sources() if pools else [np.array([i]) for i in range(spec.partition.columns)]


def _sums(spec: Spec, matrix: np.ndarray, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Exactly rounded sums over every window, and over the column itself."""
    own = [np.array([i]) for i in range(matrix.shape[1])]
    sums: dict[str, np.ndarray] = {}
    for prefix, mean, windows in (("", found.get("mean", found.get("batch_mean")), _windows(spec)),
                                  ("own_", found.get("instance_mean"), own)):  # fmt: skip
        shift = np.zeros(matrix.shape[1]) if mean is None else mean
        parts = [matrix[:, window].ravel() for window in windows]
        away = [part - centre for part, centre in zip(parts, shift, strict=True)]
        sums |= {
            f"{prefix}count": np.array([part.size for part in parts]),
            f"{prefix}total": np.array([math.fsum(part) for part in parts]),
            f"{prefix}squares": np.array([math.fsum(part**2) for part in away]),
            f"{prefix}absolute": np.array([math.fsum(abs(part)) for part in away]),
        }
        if "instance_mean" not in found:
            break
    return sums


def _mixing(trace: Trace) -> dict[str, np.ndarray]:
    """What an entry's own feature gives to its answer, and what the other features give."""
    partition, stats = trace.spec.partition, trace.stats
    matrix, centred = np.asarray(stats.matrix), np.asarray(trace["reshape"].array)
    for shift in stats.shifts:
        centred = centred - shift
    own = np.diagonal(matrix, 0, -2, -1)
    rest = centred @ (matrix - own[..., None] * np.eye(own.shape[-1])).swapaxes(-2, -1)
    return {"weight": np.ravel(own), "rest": np.asarray(partition.merge(rest))}


def show(value: float | int | str, digits: int) -> str:
    """A number as text, ``digits`` significant ones; 0 for all that it takes to read it back."""
    if isinstance(value, float):
        text = f"{value:.{digits}g}" if digits else repr(value)
        return "0" if text in ("-0", "-0.0") else text.removesuffix(".0")
    return str(value)


def digits_for(trace: Trace, digits: int) -> int:
    """As many digits as keep ``digits`` of them in differences from the mean (0 stays 0)."""
    unchanged = "reshape" not in trace.names
    x = np.asarray(trace.output if unchanged else trace.spec.partition.flat(trace["reshape"].array))
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
    """Work out a formula in plain text; only numbers, + - * / **, sqrt, tanh, max, min and brackets
    are read."""
    return _work_out(ast.parse(expression, mode="eval").body)


_OPERATORS: Mapping[type, Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.USub: operator.neg, ast.Pow: operator.pow,
}  # fmt: skip
_FUNCTIONS: Mapping[tuple[str, int], Callable[..., float]] = {  # by name and arguments
    ("sqrt", 1): math.sqrt, ("tanh", 1): math.tanh, ("max", 2): max, ("min", 2): min,
}  # fmt: skip


def _work_out(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=float() | int() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_work_out(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_work_out(left), _work_out(right))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if function := _FUNCTIONS.get(
            (name, len(args))
        ):
            return function(*map(_work_out, args))
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
