"""The one error of normlib: what was asked, on which shape, what clashes, what would fit."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "unknown_method": "Method {method!r} is not known. Known methods: {known}.",
    "unknown_knob": "Method {method!r} has no knob {knob!r}. Its knobs: {known}.",
    "knob_value": "Knob {knob!r} of method {method!r} cannot be {value!r}. It takes {allowed}.",
    "layout": "Layout {layout!r} does not describe {num_axes} axes with {first} and {second} "
    "among them, each named once by a lower-case letter other than b, g, k, m and p. "
    "Layouts that fit: {fits}.",
    "sizes": "Sizes {sizes} do not fit layout {layout!r}: every axis needs a whole number from "
    "1 to {limit}; only the batch may be empty.",
    "needs_space": "Method {method!r} pools over space, but layout {layout!r} of shape {shape} "
    "has only batch and channel axes. Layouts that fit: {fits}.",
    "needs_time": "Method {method!r} runs along one axis of time, but layout {layout!r} of shape "
    "{shape} has another number of axes besides batch and channel. Layouts that fit: {fits}.",
    "groups": "Method {method!r} on shape {shape}: groups={groups} does not divide {channels} "
    "channels. Allowed groups: {allowed}.",
    "num_groups": "num_channels ({channels}) must be divisible by num_groups ({groups}). "
    "Groups that fit: {allowed}.",
    "parts": "Method {method!r} on shape {shape}: parts={parts} does not divide {samples} samples. "
    "Allowed parts: {allowed}.",
    "reference": "Method {method!r} on shape {shape}: reference={reference} is more than the "
    "{samples} samples that there are.",
    "whole": "Parameter {name!r} of method {method!r} names {value!r}; whole numbers from 0 to "
    "{last} are needed.",
    "no_inverse": "Method {method!r} cannot be undone: {reason}.",
    "too_wide": "Method {method!r} on shape {shape} relates {count} pairs of groups to each other; "
    "at most {limit} are worked out here.",
    "shape": "The array has shape {shape}, but the spec asks for {expected} (layout {layout!r}).",
    "dtype": "Method {method!r} needs floating-point numbers, and the array holds {dtype}. "
    "Convert it first: {fix}.",
    "library": "An array of type {type} is neither a numpy array nor a torch tensor.",
    "parameter": "Parameter {name!r} has shape {shape}, but method {method!r} on shape "
    "{spec_shape} takes {expected}.",
    "unwanted_parameter": "Method {method!r} takes no parameter {name!r} here. It takes: {known}.",
    "index": "Index {index} is outside shape {shape}: axis {axis} runs from 0 to {last}.",
    "index_length": "Index {index} has {given} numbers, but shape {shape} has {wanted} axes.",
    "layer_shape": "Norm needs {needs} for method {method!r}. Write for example {example}.",
    "tensor": "A layer takes torch tensors, and an object of type {type} is none.",
    "not_for": "Method {method!r} normalizes {tensor}, not {expected}.",
    "axis": "Method {method!r}: {name}={axis} is not one of {num_axes} axes.",
    "no_weights": "Method {method!r} needs the weights that the gradients belong to.",
    "condition": "Method {method!r} needs {missing} in the call: layer(x, {example}).",
    "not_explained": "A module of type {type} cannot be explained. Known are: {known}.",
    "query": "The value {value!r} of {key!r} in the link is not {expected}.",
    "data_kind": "Data {kind!r} is not known. Known data: {known}.",
    "file_size": "The file has {size} bytes; at most {limit} are read.",
    "file_type": "{name!r} is neither a CSV file nor a .npy file.",
    "file_empty": "The file holds no numbers.",
    "file_broken": "The file cannot be read as {format}: {reason}.",
    "file_object": "The .npy file stores values of type {dtype}; only real numbers are read.",
    "file_claims": "The .npy file claims {claimed} bytes of numbers but holds {held}.",
    "file_axes": "The array has {given} axes; 2 to 5 are needed.",
    "file_ragged": "Line {line} has {given} numbers, the lines before it {wanted}.",
    "file_number": "Line {line}, column {column}: {value!r} is not a number.",
    "file_infinite": "Entry {index} is {value}; every number must be finite.",
    "table": "Entry {position} of the table, {value!r}, is not a finite number.",
    "running_setting": "Setting {setting!r} of running statistics cannot be {value!r}. "
    "It takes {allowed}.",
    "running_shape": "{name!r} of running statistics has shape {shape}, but one value for each "
    "channel is needed: {expected}.",
    "running_library": "The running statistics are kept in {kept}, but the batch comes in {given}. "
    "Start them with a dtype of {given}.",
    "running_nan": "The batch statistics of {bad} of {channels} channels are not finite.",
    "running_single": "In {bad} of {channels} channels the batch holds a single value, which "
    "cannot be normalized: its variance is 0, and the unbiased one would be divided by 0.",
}


class NormError(ValueError):
    """A request that cannot be met.

    Args:
        code: key of the sentence in ``SENTENCES``; stable, so that an app can say it in its
            own language.
        facts: the values that the sentence names; the numbers that clash are among them.

    Example:
        >>> raise NormError("file_axes", given=1)
        Traceback (most recent call last):
        ...
        normlib.errors.NormError: The array has 1 axes; 2 to 5 are needed.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(SENTENCES[code].format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.facts)


def _rebuild(code: str, facts: dict[str, object]) -> NormError:
    return NormError(code, **facts)
