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
    usual = LAYOUTS if method.tensor == "activation" else WEIGHT_LAYOUTS
    return tuple(layout for layout in usual if method.fits(layout))


def default_layout(num_axes: int, method: Method) -> str:
    """The usual layout for a number of axes."""
    usual = LAYOUTS if method.tensor == "activation" else WEIGHT_LAYOUTS
    for layout, axes in usual.items():
        if len(axes) == num_axes:
            return layout
    raise NormError("layout", layout="", num_axes=num_axes, fits=", ".join(usual),
                    **_roles(method))  # fmt: skip


def check_shape(layout: str, sizes: tuple[int, ...], method: Method) -> None:
    """Raise `NormError` unless layout and sizes describe a tensor that the method can take."""
    letters = layout.isascii() and layout.isalpha() and layout.islower()
    distinct = len(set(layout)) == len(layout) == len(sizes)
    named = set(method.roles) <= set(layout) and not set(layout) & set(RESERVED)
    usual = LAYOUTS if method.tensor == "activation" else WEIGHT_LAYOUTS
    if not (letters and distinct and named and len(sizes) <= 5):
        raise NormError("layout", layout=layout, num_axes=len(sizes), fits=", ".join(usual),
                        **_roles(method))  # fmt: skip
    batch = layout.index("n") if "n" in layout else -1  # a batch may be empty
    whole = all(
        type(size) is int and (axis != batch) <= size <= LARGEST_SIZE
        for axis, size in enumerate(sizes)
    )
    if not whole or prod(sizes) > LARGEST_SIZE:
        raise NormError("sizes", sizes=sizes, layout=layout, limit=LARGEST_SIZE)
    if not method.fits(layout):
        raise NormError(f"needs_{method.needs}", method=method.key, layout=layout, shape=sizes,
                        fits=", ".join(layouts(method)))  # fmt: skip


def _roles(method: Method) -> dict[str, str]:
    names = {"n": "n (batch)", "c": "c (channel)", "o": "o (output)", "i": "i (input)"}
    return dict(zip(("first", "second"), (names[axis] for axis in method.roles), strict=True))
