"""Records as Python scripts that reproduce them: learners take away how, not only what."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import singledispatch
from typing import Any

from normlib.landscape.records import Run
from normlib.landscape.rescaled import Rescaling
from normlib.landscape.seeds import Smoothness, Sweep

HEAD = '''"""Measure again, and print as CSV.

Run where normlib can be imported: python {name}.py > {name}.csv
"""
'''


@dataclass(frozen=True)
class Call:
    """A call of a function of this package that gives a record.

    Attributes:
        module: of the function, below ``normlib.landscape``.
        function: its name.
        args, settings: given by place and by name: records of settings, and plain values.
    """

    module: str
    function: str
    args: tuple[Any, ...]
    settings: Mapping[str, Any]


def script(record: Any, name: str = "result") -> str:
    """A script that prints ``tables.csv`` of the record, computed anew.

    Args:
        record: of this package, a `Call` that gives one, or several of one kind by name.
        name: of the file, without its ending.
    """
    several = isinstance(record, Mapping)
    made = {key: call(one) for key, one in (record if several else {"": record}).items()}
    used = dict.fromkeys(f"from normlib.landscape.{one.module} import {one.function}"
                         for one in made.values())  # fmt: skip
    kinds = {type(arg).__name__ for one in made.values() for arg in one.args if is_dataclass(arg)}
    settings = [f"from normlib.landscape import {', '.join(sorted(kinds))}"] if kinds else []
    imports = [*settings, *used, "from normlib.landscape.tables import csv"]
    body = [f"    {key!r}: {_written(one, 4)},\n" for key, one in made.items()]
    value = "{\n" + "".join(body) + "}" if several else _written(made[""], 0)
    return f"{HEAD.format(name=name)}\n" + "\n".join(sorted(imports)) + (
        f"\n\nrecord = {value}\nprint(csv(record), end=\"\")\n"
    )  # fmt: skip


@singledispatch
def call(record: Any) -> Call:
    """The call that gives a record. Another kind of record registers its own."""
    if isinstance(record, Call):
        return record
    raise TypeError(f"no call of {type(record).__name__}")


@call.register
def _(record: Run) -> Call:
    every = int(record.checked[0]) if len(record.checked) else 1
    return Call("training", "run", (record.net, record.training), {"check_every": every})


@call.register
def _(record: Smoothness) -> Call:
    several = len(record.steps) > 1
    every = int(record.steps[1] - record.steps[0]) if several else max(1, record.training.steps)
    asked = bool((record.eigenvalue == record.eigenvalue).any())  # NaN where it was not asked for
    settings = {"multiples": tuple(record.multiples.tolist()), "every": every,
                "eigenvalues": asked}  # fmt: skip
    return Call("smoothness", "smoothness", (record.net, record.training, record.seeds), settings)


@call.register
def _(record: Sweep) -> Call:
    args = (record.net, record.training, tuple(record.rates.tolist()), record.seeds)
    return Call("sweep", "sweep", args, {})


@call.register
def _(record: Rescaling) -> Call:
    args = (record.net, record.seeds, tuple(record.factors.tolist()))
    return Call("rescaling", "rescaling", args, {"loss": record.loss_kind})


def _written(one: Call, indent: int) -> str:
    """The call in Python, one argument a line; settings that are the default are left out."""
    inner = " " * (indent + 4)
    lines = [_argument(arg) for arg in one.args]
    lines += [f"{name}={_argument(value)}" for name, value in one.settings.items()]
    body = "".join(f"{inner}{line},\n" for line in lines)
    return f"{one.function}(\n{body}{' ' * indent})"


def _argument(value: Any) -> str:
    if not is_dataclass(value) or isinstance(value, type):
        return repr(value)
    own = ((field.name, getattr(value, field.name), field.default) for field in fields(value))
    told = ", ".join(f"{name}={held!r}" for name, held, default in own if held != default)
    return f"{type(value).__name__}({told})"
