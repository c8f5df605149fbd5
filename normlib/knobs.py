"""Settings of methods: filled in, checked, written into links and read from them."""

from collections.abc import Mapping
from math import inf

from normlib.errors import NormError
from normlib.method import Knob, Method
from normlib.methods import default_groups, divisors

Value = bool | int | float


def fill_knobs(
    method: Method, given: Mapping[str, Value], lengths: Mapping[str, int], sizes: tuple[int, ...]
) -> dict[str, Value]:
    """Every knob of a method in the order of the table, checked.

    Args:
        given: values by name; those left out take their defaults.
        lengths: length of every axis, which some knobs must divide or not exceed.
        sizes: the shape, for messages.
    """
    known = {knob.name: knob for knob in method.knobs}
    for name in given:
        if name not in known:
            raise NormError("unknown_knob", method=method.key, knob=name, known=", ".join(known))
    filled = {}
    for name, knob in known.items():
        default = default_groups(lengths[knob.divides]) if knob.default is None else knob.default
        filled[name] = _check(method, knob, given.get(name, default))
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
    """The value that a link holds, or a `NormError`."""
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return int(text) if kind is int else float(text)
    except (KeyError, ValueError):
        expected = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        raise NormError("query", key=key, value=text, expected=expected) from None


def _check(method: Method, knob: Knob, value: Value) -> Value:
    fits = {bool: (bool,), int: (int,), float: (int, float)}[knob.kind]
    ok = type(value) in fits and (knob.kind is bool or knob.minimum <= value <= knob.maximum)
    if not ok:
        allowed = "True or False" if knob.kind is bool else (
            f"a {'whole ' if knob.kind is int else ''}number from {knob.minimum:g} "
            + ("up" if knob.maximum == inf else f"to {knob.maximum:g}"))  # fmt: skip
        raise NormError("knob_value", method=method.key, knob=knob.name, value=value,
                        allowed=allowed)  # fmt: skip
    converted: Value = knob.kind(value)
    return converted
