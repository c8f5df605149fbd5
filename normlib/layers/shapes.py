"""From the settings of a layer to a spec for every shape that it meets."""

from collections.abc import Callable
from functools import lru_cache

from normlib.errors import NormError
from normlib.layers.autograd import TorchSpec
from normlib.layouts import default_layout
from normlib.method import Method
from normlib.operation import Value
from normlib.spec import Spec, find_method

ANY = "nct"  # stands for every number of axes of space


def template(method: str, channels: int | None, knobs: dict[str, Value]) -> Spec:
    """A spec for a layer that knows its channels only; other sizes stand for any.

    Raises:
        NormError: unknown method or knob, a method of weights or gradients, parameters whose
            shape does not follow from the number of channels.
    """
    entry = check_activation(method)
    names = {knob.name for knob in entry.knobs}
    parts, reference = (knobs.get(name, 2 if name in names else 1)
                        for name in ("parts", "reference"))  # fmt: skip
    samples = max(n if type(n) is int else 1 for n in (parts, reference))
    groups = knobs.get("groups", 1)
    width = channels if channels is not None else groups if type(groups) is int else 1
    spec = Spec(method, (max(1, samples), width, 1), ANY, knobs)
    learned = [spec.axes_of(parameter) for parameter in (spec.parameters(False)
               | spec.parameters()).values()]  # fmt: skip
    fixed = {axis for axes in learned if "n" not in axes for axis in axes}
    if "t" in fixed:
        raise NormError("layer_shape", method=method, needs="a whole shape",
                        example=f"Norm(Spec({method!r}, x.shape))")  # fmt: skip
    unsaid = "groups" in names and "groups" not in knobs
    if channels is None and (fixed & {"c", "g"} or unsaid):
        raise NormError("layer_shape", method=method, needs="the number of channels",
                        example=f"Norm({method!r}, 64)")  # fmt: skip
    return spec


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
    channel_axis: int | None,
    sizes: tuple[int, ...],
    training: bool,
    kind: Callable[..., Spec] = TorchSpec,
) -> Spec:
    """The spec of a layer on one shape.

    Args:
        spec: settings of the layer, on any shape.
        channel_axis: where c stands among the usual axes; None for the layout of the spec.
        sizes: shape of the input.
        training: whether statistics are those of the batch. The number of parts changes the
            answer of ghost batches in training alone; elsewhere there is one part, in a spec to
            be explained only where the number does not divide the batch.
        kind: class of the answer.

    Raises:
        NormError: a shape that the method cannot take, or that needs other parameters.
    """
    layout = spec.layout
    if channel_axis is not None:
        layout = layout_with("c", channel_axis, len(sizes), spec.entry)
    knobs = spec.settings
    if "parts" in knobs and len(sizes) == len(layout):
        samples = sizes[layout.index("n")]
        free = bool(spec.entry.pools) or not training
        if free and (kind is not Spec or samples % int(knobs["parts"])):
            knobs["parts"] = 1
    found = kind(spec.method, sizes, layout, knobs, spec.seed)
    for name, parameter in (spec.parameters(False) | spec.parameters()).items():
        shape, expected = spec.shape_of(parameter), found.shape_of(parameter)
        if shape != expected and "n" not in spec.axes_of(parameter):
            raise NormError("parameter", name=name, shape=shape, method=spec.method,
                            spec_shape=sizes, expected=expected)  # fmt: skip
    return found


def layout_with(role: str, place: int, num_axes: int, method: Method) -> str:
    """The usual layout with one axis moved to a place, which may count from the end.

    Args:
        role: the axis, ``c`` or ``o``.
        place: from ``-num_axes`` to ``num_axes - 1``.
    """
    if not -num_axes <= place < num_axes:
        name = {"c": "channel_axis", "o": "out_axis"}[role]
        raise NormError("axis", method=method.key, name=name, axis=place, num_axes=num_axes)
    others = default_layout(num_axes, method).replace(role, "")
    return f"{others[: place % num_axes]}{role}{others[place % num_axes :]}"
