"""Which axes a tensor has: the usual layouts, and the check of any other."""

from collections.abc import Mapping
from math import prod

from normlib.errors import NormError
from normlib.method import Method
from normlib.partition import SPLITS

LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "nc": ("n", "c"),
    "nct": ("n", "c", "t"),
    "nchw": ("n", "c", "h", "w"),
    "ncdhw": ("n", "c", "d", "h", "w"),
}
WEIGHT_LAYOUTS: Mapping[str, tuple[str, ...]] = {
    layout.replace("nc", "oi"): ("o", "i", *axes[2:]) for layout, axes in LAYOUTS.items()
}
RESERVED = (*(letter for outer, (_, inner) in SPLITS.items() for letter in (outer, inner)), "p")
LARGEST_SIZE = 2**31 - 1


def layouts(method: Method) -> tuple[str, ...]:
    """The usual layouts that a method can normalize."""
    return tuple(layout for layout in _usual(method) if method.fits(layout))


def default_layout(num_axes: int, method: Method) -> str:
    """The usual layout for a number of axes from 2 to 5."""
    return next(layout for layout, axes in _usual(method).items() if len(axes) == num_axes)


def check_num_axes(sizes: tuple[object, ...], method: Method) -> None:
    """Raise `NormError` unless there are sizes of 2 to 5 axes."""
    usual = _usual(method)
    if len(sizes) not in map(len, usual):
        raise NormError("num_axes", sizes=sizes, num_axes=len(sizes), fits=", ".join(usual))


def check_shape(layout: str, sizes: tuple[int, ...], method: Method) -> None:
    """Raise `NormError` unless layout and sizes describe a tensor that the method can take."""
    check_num_axes(sizes, method)
    letters = layout.isascii() and layout.isalpha() and layout.islower()
    distinct = len(set(layout)) == len(layout) == len(sizes)
    named = set(method.roles) <= set(layout) and not set(layout) & set(RESERVED)
    if not (letters and distinct and named):
        raise bad_layout(layout, len(sizes), method)
    for axis, size in zip(layout, sizes, strict=True):
        least = 0 if axis == "n" == method.roles[0] else 1  # a batch may be empty
        if type(size) is not int or not least <= size <= LARGEST_SIZE:
            raise NormError("sizes", sizes=sizes, layout=layout, axis=axis, size=size,
                            least=least, limit=LARGEST_SIZE)  # fmt: skip
    if prod(sizes) > LARGEST_SIZE:
        raise NormError("total", sizes=sizes, layout=layout, total=prod(sizes),
                        limit=LARGEST_SIZE)  # fmt: skip
    if not method.fits(layout):
        raise NormError(f"needs_{method.needs or 'axes'}", method=method.key, layout=layout,
                        shape=sizes, fits=", ".join(layouts(method)))  # fmt: skip


def bad_layout(layout: object, num_axes: int, method: Method) -> NormError:
    """The error for what does not name so many axes, from 2 to 5."""
    return NormError("layout", layout=layout, num_axes=num_axes,
                     fits=default_layout(num_axes, method), **_roles(method))  # fmt: skip


def _usual(method: Method) -> Mapping[str, tuple[str, ...]]:
    return LAYOUTS if method.tensor == "activation" else WEIGHT_LAYOUTS


def _roles(method: Method) -> dict[str, str]:
    names = {"n": "n (batch)", "c": "c (channel)", "o": "o (output)", "i": "i (input)"}
    return dict(zip(("first", "second"), (names[axis] for axis in method.roles), strict=True))
