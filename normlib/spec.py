"""A frozen, hashable description of one normalization on one shape: link, cache key, file name."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from normlib.errors import NormError
from normlib.methods import METHODS, Knob, Method, default_groups, divisors
from normlib.partition import GROUP, WITHIN, Partition
from normlib.recover import RECOVERIES

LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "nc": ("n", "c"),
    "nct": ("n", "c", "t"),
    "nchw": ("n", "c", "h", "w"),
    "ncdhw": ("n", "c", "d", "h", "w"),
}
RESERVED = (GROUP, WITHIN, "p")  # letters that mean something else than an axis of a layout
LARGEST_SIZE = 2**31 - 1
Value = bool | int | float


@dataclass(frozen=True)
class Spec:
    """One method, one shape, its knobs and a seed.

    Args:
        method: key of the table ``METHODS``.
        sizes: shape of the tensor, 2 to 5 axes.
        layout: one lower-case letter per axis, n and c among them, in any order (``"nhwc"``
            works). Empty: the usual layout for that many axes, ``nc``, ``nct``, ``nchw`` or
            ``ncdhw``.
        knobs: settings of the method, by name; those left out take their defaults. Kept as pairs
            in the order of the table.
        seed: of the example data, a whole number from 0.

    Raises:
        NormError: for anything that the method cannot do on that shape; the message says what
            would fit.

    Example:
        >>> spec = Spec("group", (8, 6, 5, 3), knobs={"groups": 3})
        >>> spec.partition.pattern
        'n (g k) h w -> (k h w) (n g)'
        >>> Spec.from_query(spec.to_query()) == spec
        True
    """

    method: str
    sizes: tuple[int, ...]
    layout: str = ""
    knobs: Mapping[str, Value] | tuple[tuple[str, Value], ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(self.sizes))
        object.__setattr__(self, "layout", self.layout or default_layout(len(self.sizes)))
        _check_shape(self.layout, self.sizes)
        method = find_method(self.method)
        if method.needs_space and len(self.sizes) < 3:
            raise NormError("too_few_axes", method=self.method, layout=self.layout,
                            shape=self.sizes, fits=", ".join(list(LAYOUTS)[1:]))  # fmt: skip
        knobs = _fill_knobs(method, dict(self.knobs), self.channels)
        object.__setattr__(self, "knobs", tuple(knobs.items()))
        if self.channels % self.groups:
            raise NormError("groups", method=self.method, shape=self.sizes, groups=self.groups,
                            channels=self.channels,
                            allowed=", ".join(map(str, divisors(self.channels))))  # fmt: skip
        _check_whole("seed", self.seed, 0)

    def __getitem__(self, knob: str) -> Value:
        return dict(self.knobs)[knob]

    @property
    def groups(self) -> int:
        """Number of channel groups; 1 for methods without that knob."""
        return int(dict(self.knobs).get("groups", 1))

    @property
    def axes(self) -> tuple[str, ...]:
        """Axis names in order."""
        return tuple(self.layout)

    @property
    def channels(self) -> int:
        """Length of the channel axis."""
        return self.sizes[self.layout.index("c")]

    @property
    def entry(self) -> Method:
        """The method's entry in the table."""
        return METHODS[self.method]

    @property
    def operation(self) -> str:
        """Key of the operation; the knob ``by_variance`` swaps in the mistaken one."""
        return "divide_by_variance" if dict(self.knobs).get("by_variance") else self.entry.operation

    @property
    def partition(self) -> Partition:
        """Which entries share statistics."""
        apart = self.entry.axes(self.axes, self.entry.apart)
        return Partition(self.axes, self.sizes, apart, self.groups)

    @property
    def parameter_axes(self) -> tuple[str, ...]:
        """Axes of gamma and beta, in the order of the layout."""
        per = self.entry.axes(self.axes, self.entry.per)
        return tuple(axis for axis in self.axes if axis in per)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every learned parameter by name; empty without recovery."""
        recovery = RECOVERIES[self.entry.recovery if self["affine"] else "identity"]
        shape = tuple(self.sizes[self.axes.index(axis)] for axis in self.parameter_axes)
        return dict.fromkeys(recovery.parameters, shape)

    def to_query(self) -> dict[str, str]:
        """The spec as parameters of a link: method, layout, one size per axis, knobs, seed."""
        sizes = dict(zip(self.axes, map(str, self.sizes), strict=True))
        knobs = {name: _write(value) for name, value in dict(self.knobs).items()}
        return {"method": self.method, "layout": self.layout, **sizes, **knobs,
                "seed": str(self.seed)}  # fmt: skip

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Spec":
        """The spec that a link describes; parameters of other things are passed over.

        Raises:
            NormError: where a value is missing or cannot be read.
        """
        method = find_method(query.get("method", ""))
        layout = query.get("layout", "nchw")
        sizes = tuple(int(_read(axis, int, query.get(axis, ""))) for axis in layout)
        knobs = {
            knob.name: _read(knob.name, knob.kind, query[knob.name])
            for knob in method.knobs
            if knob.name in query
        }
        seed = int(_read("seed", int, query.get("seed", "0")))
        return cls(method.key, sizes, layout, knobs, seed)


def find_method(key: str) -> Method:
    """The table's entry for a key, or a `NormError` that lists the keys."""
    if key not in METHODS:
        raise NormError("unknown_method", method=key, known=", ".join(METHODS))
    return METHODS[key]


def default_layout(num_axes: int) -> str:
    """The usual layout for a number of axes."""
    for layout, axes in LAYOUTS.items():
        if len(axes) == num_axes:
            return layout
    raise NormError("layout", layout="", num_axes=num_axes, fits=", ".join(LAYOUTS))


def _check_shape(layout: str, sizes: tuple[int, ...]) -> None:
    letters = layout.isascii() and layout.isalpha() and layout.islower()
    distinct = len(set(layout)) == len(layout) == len(sizes)
    named = {"n", "c"} <= set(layout) and not set(layout) & set(RESERVED)
    if not (letters and distinct and named and len(sizes) <= 5):
        raise NormError("layout", layout=layout, num_axes=len(sizes), fits=", ".join(LAYOUTS))
    whole = all(type(size) is int and 1 <= size <= LARGEST_SIZE for size in sizes)
    if not whole or prod(sizes) > LARGEST_SIZE:
        raise NormError("sizes", sizes=sizes, layout=layout, limit=LARGEST_SIZE)


def _fill_knobs(method: Method, given: Mapping[str, Value], channels: int) -> dict[str, Value]:
    known = {knob.name: knob for knob in method.knobs}
    for name in given:
        if name not in known:
            raise NormError("unknown_knob", method=method.key, knob=name, known=", ".join(known))
    filled: dict[str, Value] = {}
    for name, knob in known.items():
        value = given.get(name, default_groups(channels) if knob.default is None else knob.default)
        filled[name] = _check_knob(method, knob, value)
    return filled


def _check_knob(method: Method, knob: Knob, value: Value) -> Value:
    fits = {bool: (bool,), int: (int,), float: (int, float)}[knob.kind]
    ok = type(value) in fits and (knob.kind is bool or knob.minimum <= value <= knob.maximum)
    if not ok:
        allowed = "True or False" if knob.kind is bool else (
            f"a {'whole ' if knob.kind is int else ''}number from {knob.minimum:g} "
            + ("up" if knob.maximum == math.inf else f"to {knob.maximum:g}"))  # fmt: skip
        raise NormError("knob_value", method=method.key, knob=knob.name, value=value,
                        allowed=allowed)  # fmt: skip
    converted: Value = knob.kind(value)
    return converted


def _check_whole(key: str, value: object, minimum: int) -> None:
    if type(value) is not int or value < minimum:
        raise NormError("query", key=key, value=value, expected=f"a whole number from {minimum}")


def _write(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _read(key: str, kind: type, text: str) -> Value:
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return int(text) if kind is int else float(text)
    except (KeyError, ValueError):
        expected = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        raise NormError("query", key=key, value=text, expected=expected) from None
