"""From the settings of a layer to a spec for every shape that it meets."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from normlib.errors import NormError
from normlib.inputs import plain
from normlib.layers.autograd import TorchSpec
from normlib.layers.estimate import per_step
from normlib.layouts import LARGEST_SIZE, check_num_axes, default_layout
from normlib.method import Method
from normlib.methods import divisors
from normlib.operation import Value
from normlib.spec import Spec, find_method

ANY = "nct"  # stands for every number of axes of space


def template(method: str, channels: int | None, knobs: dict[str, Value]) -> Spec:
    """A spec for a layer that knows its channels only; other sizes stand for any.

    Args:
        method: key of the table.
        channels: from 1 up; None where nothing that is learned or remembered needs them.
        knobs: by name; those left out take their defaults.

    Raises:
        NormError: unknown method or knob, a method of weights or gradients, parameters whose
            shape does not follow from the number of channels, groups that do not divide it.
    """
    entry = check_activation(method)
    knobs = {name: plain(value) for name, value in knobs.items()}
    names = {knob.name for knob in entry.knobs}
    parts, reference = (knobs.get(name, 2 if name in names else 1)
                        for name in ("parts", "reference"))  # fmt: skip
    samples = max(n if type(n) is int else 1 for n in (parts, reference))
    groups = knobs.get("groups", 1)
    width = channels if channels is not None else groups if type(groups) is int else 1
    if "groups" in names and type(groups) is int and groups > 0 and width % groups:
        raise NormError("layer_groups", method=method, groups=groups, channels=width,
                        allowed=", ".join(map(str, divisors(width))))  # fmt: skip
    spec = Spec(method, (max(1, samples), width, 1), ANY, knobs)
    learned = [spec.axes_of(parameter) for parameter in (spec.parameters(False)
               | spec.parameters()).values()]  # fmt: skip
    fixed = {axis for axes in learned if "n" not in axes for axis in axes}
    if "t" in fixed:
        raise NormError("layer_shape", method=method)
    unsaid = "groups" in names and "groups" not in knobs
    if channels is None and (fixed & {"c", "g"} or unsaid):
        raise NormError("layer_no_channels", method=method)
    return spec


def whole_channels(channels: Any) -> int | None:
    """The number of channels, of Python or numpy, as one of Python; None as it is.

    Raises:
        NormError: for anything but a whole number that a size can be.
    """
    known = plain(channels)
    if known is None or (type(known) is int and 1 <= known <= LARGEST_SIZE):
        return known
    raise NormError("layer_channels", channels=channels, limit=LARGEST_SIZE)


def whole_axis(axis: Any) -> int:
    """The position of an axis, of Python or numpy, as one of Python; `NormError` for others."""
    known = plain(axis)
    if type(known) is not int:
        raise NormError("layer_axis", axis=axis)
    return known


def check_beside(spec: Spec, channels: int | None, channel_axis: int) -> None:
    """Raise `NormError` where channels or a channel axis other than 1 contradict a spec."""
    place = spec.axes.index("c")
    for name, given, expected, fits in (
        ("channels", channels, spec.channels, channels in (None, spec.channels)),
        ("channel_axis", channel_axis, place,
         channel_axis in (1, place, place - len(spec.axes))),
    ):  # fmt: skip
        if not fits:
            raise NormError("layer_beside", name=name, given=given, expected=expected,
                            layout=spec.layout, shape=spec.sizes)  # fmt: skip


def check_activation(method: str) -> Method:
    """The table's entry of a method for activations, or a `NormError`."""
    entry = find_method(method)
    if entry.tensor != "activation":
        raise NormError("not_for", method=method, tensor=f"{entry.tensor}s",
                        expected="activations")  # fmt: skip
    return entry


@lru_cache(maxsize=4096)
def spec_on(
    spec: Spec,
    channels: int | None,
    channel_axis: int | None,
    sizes: tuple[int, ...],
    training: bool,
    kind: Callable[..., Spec] = TorchSpec,
) -> Spec:
    """The spec of a layer on one shape.

    Args:
        spec: settings of the layer, on any shape.
        channels: number of channels that the layer is made for; None for any.
        channel_axis: where c stands among the usual axes; None for the layout of the spec.
        sizes: shape of the input.
        training: whether statistics are those of the batch. The number of parts changes the
            answer of ghost batches in training alone; elsewhere there is one part, in a spec to
            be explained only where the number does not divide the batch.
        kind: class of the answer.

    Raises:
        NormError: another number of channels, a shape that the method cannot take, or that needs
            other parameters.
    """
    layout = spec.layout
    if channel_axis is not None:
        check_num_axes(sizes, spec.entry)
        layout = layout_with("c", channel_axis, len(sizes), spec.entry)
    if len(sizes) == len(layout) and channels not in (None, given := sizes[layout.index("c")]):
        raise NormError("layer_input", channels=channels, given=given, shape=sizes, layout=layout)
    knobs = spec.settings
    if "parts" in knobs and len(sizes) == len(layout):
        samples = sizes[layout.index("n")]
        free = bool(spec.entry.pools) or not training
        if free and (kind is not Spec or samples % int(knobs["parts"])):
            knobs["parts"] = 1
    found = kind(spec.method, sizes, layout, knobs, spec.seed)
    for name, parameter in (spec.parameters(False) | spec.parameters()).items():
        shape, expected = spec.shape_of(parameter), found.shape_of(parameter)
        of_steps = per_step(spec) and not training and shape[:-1] == expected[:-1]
        if shape != expected and "n" not in spec.axes_of(parameter) and not of_steps:
            raise NormError("parameter", name=name, shape=shape, method=spec.method,
                            spec_shape=sizes, expected=expected)  # fmt: skip
    return found


def layout_with(role: str, place: int, num_axes: int, method: Method) -> str:
    """The usual layout with one axis moved to a place, which may count from the end.

    Args:
        role: the axis, ``c`` or ``o``.
        place: from ``-num_axes`` to ``num_axes - 1``.
        num_axes: from 2 to 5.

    Raises:
        NormError: for another place.
    """
    if not -num_axes <= place < num_axes:
        name = {"c": "channel_axis", "o": "out_axis"}[role]
        raise NormError("axis", method=method.key, name=name, axis=place, num_axes=num_axes)
    others = default_layout(num_axes, method).replace(role, "")
    return f"{others[: place % num_axes]}{role}{others[place % num_axes :]}"
