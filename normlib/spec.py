"""A frozen, hashable description of one normalization on one shape: link, cache key, file name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from normlib.compose import from_key
from normlib.errors import NormError
from normlib.inputs import plain
from normlib.knobs import Value, fill_knobs, read, write
from normlib.layouts import bad_layout, check_num_axes, check_shape, default_layout
from normlib.method import Method
from normlib.methods import METHODS
from normlib.operation import Operation, Parameter
from normlib.operations import OPERATIONS
from normlib.partition import Partition
from normlib.pool import Pool
from normlib.recover import RECOVERIES, Recovery

LARGEST_SEED = 10**30


@dataclass(frozen=True)
class Spec:
    """One method, one shape, its knobs and a seed.

    Args:
        method: key of the table ``METHODS``, or of a composition (`normlib.compose`).
        sizes: shape of the tensor, 2 to 5 axes; whole numbers of Python or numpy from 1 up (of
            the batch from 0), their product at most ``layouts.LARGEST_SIZE``.
        layout: one lower-case letter per axis, n and c among them (o and i for weights and
            gradients), in any order (``"nhwc"`` works). Empty: the usual layout for that many
            axes, ``nc``, ``nct``, ``nchw`` or ``ncdhw``.
        knobs: settings of the method, by name; those left out take their defaults. Kept as pairs
            in the order of the table. Numbers of numpy become the Python numbers of the same
            value, so ``np.int64(3)`` and ``3`` make equal specs and links.
        seed: of the example data, a whole number from 0 to 10^30.

    Raises:
        NormError: for anything that the method cannot do on that shape, and for an argument of
            any other type; the message says what would fit.

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
        method = find_method(self.method)
        sizes = _sizes(self.sizes)
        check_num_axes(sizes, method)
        if not isinstance(self.layout, str):
            raise bad_layout(self.layout, len(sizes), method)
        layout = str(self.layout) or default_layout(len(sizes), method)
        check_shape(layout, sizes, method)
        lengths = dict(zip(layout, sizes, strict=True))
        knobs = fill_knobs(method, _by_name(self.knobs), lengths, sizes)
        seed = plain(self.seed)
        if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
            raise NormError("seed", seed=self.seed, most=f"{LARGEST_SEED:g}")
        for name, value in (("method", method.key), ("sizes", sizes), ("layout", layout),
                            ("knobs", tuple(knobs.items())), ("seed", seed)):  # fmt: skip
            object.__setattr__(self, name, value)

    def __getitem__(self, knob: str) -> Value:
        return dict(self.knobs)[knob]

    @property
    def settings(self) -> dict[str, Value]:
        """The knobs by name."""
        return dict(self.knobs)

    @property
    def eps(self) -> float:
        """The knob eps; 0 for methods without it."""
        return float(self.settings.get("eps", 0.0))

    @property
    def groups(self) -> int:
        """Number of channel groups; 1 for methods without that knob."""
        return int(self.settings.get("groups", 1))

    @property
    def axes(self) -> tuple[str, ...]:
        """Axis names in order."""
        return tuple(self.layout)

    @property
    def lengths(self) -> dict[str, int]:
        """Length of every axis by name."""
        return dict(zip(self.layout, self.sizes, strict=True))

    @property
    def channels(self) -> int:
        """Length of the channel axis, or of the input axis of a weight."""
        return self.lengths[self.entry.roles[1]]

    @property
    def entry(self) -> Method:
        """The method's entry in the table, or the composition."""
        return find_method(self.method)

    @property
    def operation(self) -> str:
        """Key of the operation; the knob ``by_variance`` swaps in the mistaken one."""
        return "divide_by_variance" if self.settings.get("by_variance") else self.entry.operation

    def operates(self, training: bool = True) -> Operation:
        """The operation of training or of prediction."""
        return OPERATIONS[self.operation if training else self.entry.predict or self.operation]

    @property
    def recovery(self) -> Recovery:
        """What is learned afterwards: the entry's own, unless a knob says otherwise."""
        if not self.settings.get("affine", True):
            return RECOVERIES["identity"]
        if self.settings.get("between_channels"):
            return RECOVERIES["swap_channels"]
        return RECOVERIES[self.entry.recovery]

    @property
    def partition(self) -> Partition:
        """Which entries share statistics."""
        apart, blocks = (self.entry.axes(self.axes, names)
                         for names in (self.entry.apart, self.entry.blocks))  # fmt: skip
        parts = int(self.settings.get("parts", 1))
        return Partition(self.axes, self.sizes, apart, self.groups, parts, blocks)

    @property
    def pools(self) -> tuple[Pool, ...]:
        """Windows over the columns of the partition; empty where each stands for itself."""
        settings, partition = self.settings, self.partition
        kept = {axis: partition.lengths[axis] for axis in partition.kept}
        size, reach = int(settings.get("size", 0)), int(settings.get("reach", 0))
        before, after = (size // 2, (size - 1) // 2) if size else (reach, reach)
        count = int(settings.get("reference", 1))
        found = []
        for window in self.entry.pools:
            names, _, relation = window.rpartition(" ")
            axes = self.entry.axes(self.axes, names)
            found.append(Pool(kept, dict.fromkeys(axes, relation), before, after, count))
        return tuple(found)

    @property
    def parameter_axes(self) -> tuple[str, ...]:
        """Axes of gamma and beta, in the order of the layout."""
        per = self.entry.axes(self.axes, self.entry.per)
        return tuple(axis for axis in self.axes if axis in per)

    def parameters(self, training: bool = True) -> dict[str, Parameter]:
        """What is learned, stored or given beside the input, by name."""
        wanted = (*self.recovery.parameters, *self.operates(training).parameters)
        return {parameter.name: parameter for parameter in wanted}

    def shape_of(self, parameter: Parameter) -> tuple[int, ...]:
        """Shape of a parameter of this spec."""
        return tuple(self._length(axis) for axis in self.axes_of(parameter))

    def axes_of(self, parameter: Parameter) -> tuple[str, ...]:
        """Names of a parameter's axes: those of the layout, or lengths and knobs."""
        if parameter.axes == "per":
            return self.parameter_axes
        if parameter.axes == "all":
            return self.axes
        return self.entry.axes(self.axes, parameter.axes)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every parameter in training by name; empty without any."""
        return {name: self.shape_of(found) for name, found in self.parameters().items()}

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every parameter that only prediction takes."""
        return {name: self.shape_of(found) for name, found in self.parameters(False).items()
                if name not in self.parameters()}  # fmt: skip

    def to_query(self) -> dict[str, str]:
        """The spec as parameters of a link: method, layout, one size per axis, knobs, seed."""
        sizes = {axis: str(size) for axis, size in self.lengths.items()}
        knobs = {name: write(value) for name, value in self.settings.items()}
        return {"method": self.method, "layout": self.layout, **sizes, **knobs,
                "seed": str(self.seed)}  # fmt: skip

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Spec":
        """The spec that a link describes; parameters of other things are passed over.

        Args:
            query: texts by name, as `to_query` writes them. Knobs, seed and layout (``nchw``, of
                weights ``oihw``) may be missing, method and sizes may not.

        Raises:
            NormError: where a value is missing or cannot be read, or as `Spec` itself.
        """
        method = find_method(query.get("method", ""))
        layout = query.get("layout", default_layout(4, method))
        for axis in layout:
            if axis not in query:
                raise NormError("query_missing", key=axis, layout=layout)
        sizes = tuple(int(read(axis, int, query[axis])) for axis in layout)
        knobs = {
            knob.name: read(knob.name, knob.kind, query[knob.name])
            for knob in method.knobs
            if knob.name in query
        }
        seed = int(read("seed", int, query.get("seed", "0")))
        return cls(method.key, sizes, layout, knobs, seed)

    def _length(self, axis: str) -> int:
        if axis.isdigit():
            return int(axis)
        if axis == "pooled":
            return self.partition.rows
        if axis == "g":
            return self.groups
        return self.lengths[axis] if axis in self.lengths else int(self.settings[axis])


def find_method(key: str) -> Method:
    """The table's entry for a key, or the composition that it describes.

    Raises:
        NormError: for any other key; it lists those of the table.
    """
    if isinstance(key, str):
        found = METHODS.get(key) or from_key(str(key))
        if found:
            return found
    raise NormError("unknown_method", method=key, known=", ".join(METHODS))


def _sizes(given: Any) -> tuple[Any, ...]:
    try:
        return tuple(map(plain, given))
    except TypeError:
        raise NormError("no_sizes", sizes=given) from None


def _by_name(given: Any) -> dict[str, Any]:
    try:
        return dict(given)
    except (TypeError, ValueError):
        raise NormError("knobs", knobs=given) from None
