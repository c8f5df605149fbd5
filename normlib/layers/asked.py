"""Torch asked by running code: what it gives, or what it says instead."""

import ast
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Answer:
    """What code gives.

    Attributes:
        value: of its last line; None where it raised.
        error: type and message of what it raised; empty where nothing was.
    """

    value: object
    error: str

    def __str__(self) -> str:
        return self.error or repr(self.value)


def ask(source: str) -> Answer:
    """Run Python code and return the value of its last line, an expression.

    For the code of `normlib.failures` only: it has no limits whatever, so text from outside must
    never come here. Every call has names of its own.

    Example:
        >>> ask("import torch\\ntorch.ones(3).sum().item()")
        Answer(value=3.0, error='')
        >>> str(ask("import torch\\ntorch.nn.GroupNorm(4, 6)"))
        'ValueError: num_channels (6) must be divisible by num_groups (4)'
    """
    tree = ast.parse(source)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), source
    names: dict[str, object] = {"__name__": "asked"}
    try:
        with np.errstate(over="ignore"):  # half precision, on purpose
            exec(compile(tree, "code", "exec"), names)
            return Answer(eval(compile(ast.Expression(last.value), "code", "eval"), names), "")
    except (ValueError, RuntimeError) as problem:
        return Answer(None, f"{type(problem).__name__}: {problem}")
