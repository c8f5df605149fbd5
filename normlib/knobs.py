"""Settings of methods: filled in, checked, written into links and read from them."""

from collections.abc import Mapping
from math import inf
from typing import Any

from normlib.errors import NormError
from normlib.inputs import plain
from normlib.method import Knob, Method
from normlib.methods import default_groups, divisors

Value = bool | int | float


def fill_knobs(
    method: Method, given: Mapping[str, Value], lengths: Mapping[str, int], sizes: tuple[int, ...]
) -> dict[str, Value]:
    """Every knob of a method in the order of the table, checked.

    Args:
        given: values by name, of Python or numpy; those left out take their defaults.
        lengths: length of every axis, which some knobs must divide or not exceed.
        sizes: the shape, for messages.

    Returns:
        Values of Python, by name.

    Raises:
        NormError: for a knob that the method does not have, a value of another type (True and
            False are no numbers) or out of range, and one that does not go with the lengths.
    """
    known = {knob.name: knob for knob in method.knobs}
    for name in given:
        if not known:
            raise NormError("no_knobs", method=method.key, knob=name)
        if name not in known:
            raise NormError("unknown_knob", method=method.key, knob=name, known=", ".join(known))
    filled = {}
    for name, knob in known.items():
        default = default_groups(lengths[knob.divides]) if knob.default is None else knob.default
        filled[name] = _check(method, knob, plain(given.get(name, default)))
        if knob.divides and lengths[knob.divides] % int(filled[name]):
            raise NormError(
                "groups" if name == "groups" else "parts", method=method.key, shape=sizes,
                allowed=", ".join(map(str, divisors(lengths[knob.divides]))),
                **{name: filled[name], {"c": "channels", "n": "samples"}[knob.divides]:
                   lengths[knob.divides]},
            )  # fmt: skip
        if knob.within and int(filled[name]) > max(1, lengths[knob.within]):
            raise NormError("reference", method=method.key, shape=sizes, reference=filled[name],
                            samples=lengths[knob.within])  # fmt: skip
    return filled


def write(value: Value) -> str:
    """A value as links hold it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def read(key: str, kind: type, text: str) -> Value:
    """The value that a link holds, or a `NormError`.

    Args:
        key: its name in the link, for messages.
        kind: ``bool`` (true or false, in any case), ``int`` or ``float``.
        text: as it stands in the link.
    """
    code = {bool: "query_switch", int: "query_whole", float: "query_number"}[kind]
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return int(text) if kind is int else float(text)
    except (AttributeError, KeyError, TypeError, ValueError):  # the first and third: no text
        raise NormError(code, key=key, value=text) from None


def _check(method: Method, knob: Knob, value: Any) -> Value:
    fits = {bool: (bool,), int: (int,), float: (int, float)}[knob.kind]
    ok = type(value) in fits and (knob.kind is bool or knob.minimum <= value <= knob.maximum)
    if not ok:
        up = "_up" if knob.maximum == inf else ""
        code = {bool: "knob_switch", int: f"knob_whole{up}", float: "knob_number"}[knob.kind]
        raise NormError(code, method=method.key, knob=knob.name, value=value,
                        least=f"{knob.minimum:g}", most=f"{knob.maximum:g}")  # fmt: skip
    converted: Value = knob.kind(value)
    return converted
