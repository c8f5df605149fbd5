"""The one error of normlib: what was asked, on which shape, what clashes, what would fit."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "unknown_method": "Method {method!r} is not known. Known methods: {known}.",
    "unknown_knob": "Method {method!r} has no knob {knob!r}. Its knobs: {known}.",
    "no_knobs": "Method {method!r} has no knobs, so {knob!r} is none of them.",
    "knobs": "Knobs are given by name, as in {{'eps': 0.001}}; {knobs!r} is no such mapping.",
    "knob_switch": "Knob {knob!r} of method {method!r} cannot be {value!r}. It takes True "
    "or False.",
    "knob_whole": "Knob {knob!r} of method {method!r} cannot be {value!r}. It takes a whole number "
    "from {least} to {most}.",
    "knob_whole_up": "Knob {knob!r} of method {method!r} cannot be {value!r}. It takes a whole "
    "number from {least} up.",
    "knob_number": "Knob {knob!r} of method {method!r} cannot be {value!r}. It takes a number from "
    "{least} to {most}.",
    "seed": "Seed {seed!r} is not a whole number from 0 to {most}.",
    "no_sizes": "Sizes hold one whole number for each axis, as in (8, 6, 5, 3); {sizes!r} does "
    "not.",
    "num_axes": "The number of axes in sizes {sizes} is {num_axes}, and 2 to 5 are needed, as in "
    "the layouts {fits}.",
    "layout": "Layout {layout!r} does not describe {num_axes} axes with {first} and {second} "
    "among them, each named once by a lower-case letter other than b, g, k, m and p. "
    "A layout that fits: {fits}.",
    "sizes": "Sizes {sizes} do not fit layout {layout!r}: axis {axis!r} has {size!r}, and a whole "
    "number from {least} to {limit} is needed.",
    "total": "Sizes {sizes} (layout {layout!r}) make {total} entries; at most {limit} are allowed.",
    "needs_space": "Method {method!r} pools over space, but layout {layout!r} of shape {shape} "
    "has only batch and channel axes. It takes the layouts {fits}.",
    "needs_time": "Method {method!r} runs along one axis of time, but layout {layout!r} of shape "
    "{shape} does not have exactly one axis besides batch and channel. It takes the layout {fits}.",
    "groups": "Method {method!r} on shape {shape}: groups={groups} does not divide {channels} "
    "channels. Allowed groups: {allowed}.",
    "num_groups": "num_channels ({channels}) must be divisible by num_groups ({groups}), which is "
    "1 or more. Groups that fit: {allowed}.",
    "parts": "Method {method!r} on shape {shape}: parts={parts} does not divide {samples} samples. "
    "Allowed parts: {allowed}.",
    "reference": "Method {method!r} on shape {shape}: reference={reference} is more than the "
    "{samples} samples that there are.",
    "whole": "Parameter {name!r} of method {method!r} begins with {value!r}; it takes whole "
    "numbers from 0 to {last}, of an integer dtype.",
    "inverse_mixed": "Method {method!r} cannot be undone: it does more than shift and scale, it "
    "mixes the columns of its matrix.",
    "inverse_sum": "Method {method!r} cannot be undone: it does more than shift and scale, it adds "
    "several normalizations.",
    "inverse_curve": "Method {method!r} cannot be undone: it does more than shift and scale, it "
    "bends the values.",
    "inverse_terms": "Method {method!r} cannot be undone: besides gamma and beta its recovery used "
    "{terms}.",
    "inverse_zero": "Method {method!r} cannot be undone here: {name} is 0 in {count} of {total} "
    "places.",
    "inverse_axes": "Shape {shape} has {given} axes, but the input that the statistics of method "
    "{method!r} belong to has {wanted} (layout {layout!r}, shape {expected}).",
    "inverse_shape": "Shape {shape} does not fit the statistics and parameters of method "
    "{method!r} on shape {expected} (layout {layout!r}): axis {axis!r} has length {given}, "
    "and {wanted} is needed.",
    "inverse_library": "The trace is of {kept}, so its statistics cannot undo an object of type "
    "{type}.",
    "too_wide": "Method {method!r} on shape {shape} relates {count} pairs of groups to each other; "
    "at most {limit} are worked out here.",
    "shape": "The array has shape {shape}, but the spec asks for {expected} (layout {layout!r}).",
    "dtype": "Method {method!r} needs floating-point numbers, and the array holds {dtype}. "
    "Convert it first: {fix}.",
    "real": "The array holds {dtype}, and real floating-point numbers are needed.",
    "library": "An object of type {type} is neither a numpy array nor a torch tensor.",
    "parameters": "Parameters are given by name, as in {{'gamma': gamma}}; an object of type "
    "{type} is no such mapping.",
    "parameter": "Parameter {name!r} has shape {shape}, but method {method!r} on shape "
    "{spec_shape} takes {expected}.",
    "parameter_type": "Parameter {name!r} of method {method!r} is of type {type}, which is no "
    "array. Convert it first: {fix}.",
    "parameter_dtype": "Parameter {name!r} of method {method!r} holds {dtype}; real numbers are "
    "needed.",
    "unwanted_parameter": "Method {method!r} takes no parameter {name!r} here. It takes: {known}.",
    "no_parameters": "Method {method!r} takes no parameters here, and {name!r} was given.",
    "unknown_step": "There is no step {name!r} of method {method!r} here. The steps: {known}.",
    "index": "Index {index} is outside shape {shape}: axis {axis} runs from 0 to {last}.",
    "index_length": "The length of index {index} is {given}, but shape {shape} has {wanted} axes.",
    "index_whole": "Index {index!r} does not hold whole numbers, one for each axis of shape "
    "{shape}.",
    "index_empty": "Shape {shape} has no entries, so none at index {index}.",
    "layer_shape": "Norm needs a whole shape for method {method!r}. Write for example "
    "Norm(Spec({method!r}, x.shape)).",
    "layer_no_channels": "Norm needs the number of channels for method {method!r}. Write for "
    "example Norm({method!r}, 64).",
    "layer_channels": "The number of channels of a layer cannot be {channels!r}; a whole number "
    "from 1 to {limit} is needed.",
    "layer_groups": "A layer of method {method!r}: groups={groups} does not divide {channels} "
    "channels. Allowed groups: {allowed}.",
    "layer_axis": "channel_axis={axis!r} is not a whole number.",
    "layer_beside": "The spec of the layer (layout {layout!r}, shape {shape}) says "
    "{name}={expected}, and {name}={given!r} was given beside it.",
    "layer_input": "The layer is made for {channels} channels, and its input of shape {shape} has "
    "{given} (layout {layout!r}).",
    "tensor": "Only torch tensors are taken here, and an object of type {type} is none.",
    "not_for": "Method {method!r} normalizes {tensor}, not {expected}.",
    "axis": "Method {method!r}: {name}={axis} is not one of {num_axes} axes.",
    "weight_count": "Method {method!r} is given {gradients} gradients and {weights} weights, but "
    "one weight belongs to each gradient.",
    "weight_shape": "Gradient {index} for method {method!r} has shape {shape}, but its weight has "
    "shape {weight_shape}.",
    "no_weights": "Method {method!r} needs the weights that the gradients belong to.",
    "condition": "Method {method!r} needs {missing} in the call: layer(x, {example}).",
    "unwanted_condition": "The call of Norm({method!r}) takes no argument {name!r}. Besides x it "
    "takes: {known}.",
    "no_conditions": "The call of {layer} takes nothing besides the input, and {name!r} was given.",
    "not_explained": "A module of type {type} cannot be explained. Known are: {known}.",
    "module_shape": "{type} with normalized_shape={normalized} cannot take an input of shape "
    "{shape}, which has to end with these sizes.",
    "query_missing": "The link has no {key!r}, which layout {layout!r} needs.",
    "query_switch": "The value {value!r} of {key!r} in the link cannot be read as true or false.",
    "query_whole": "The value {value!r} of {key!r} in the link cannot be read as a whole number.",
    "query_number": "The value {value!r} of {key!r} in the link cannot be read as a number.",
    "data_kind": "Data {kind!r} is not known. Known data: {known}.",
    "file_size": "The file has {size} bytes; at most {limit} are read.",
    "file_type": "{name!r} is neither a CSV file nor a .npy file.",
    "file_empty": "The file holds no numbers.",
    "file_header": "The file cannot be read as .npy: its header is broken.",
    "file_version": "The file cannot be read as .npy: it is not of format version 1 or 2.",
    "file_shape": "The file cannot be read as .npy: its header names the impossible shape {shape}.",
    "file_text": "The file cannot be read as CSV: it is not UTF-8 text.",
    "file_object": "The .npy file stores values of type {dtype}; only real numbers are read.",
    "file_claims": "The .npy file claims {claimed} bytes of numbers but holds {held}.",
    "file_axes": "The array has {given} axes; 2 to 5 are needed.",
    "file_ragged": "Line {line} has {given} numbers, the lines before it {wanted}.",
    "file_number": "Line {line}, column {column}: {value!r} is not a number.",
    "file_infinite": "Entry {index} is {value}; every number must be finite.",
    "picture_size": "The picture has {size} bytes; at most {limit} are read.",
    "picture_type": "The file is none of PNG, JPEG and WebP.",
    "picture_pixels": "The picture has {width} x {height} pixels; at most {limit} in all, and at "
    "least one, are read.",
    "picture_broken": "The picture cannot be read: the file is broken.",
    "table": "Number {position} of the table, {value!r}, is not a finite number.",
    "running_choice": "Setting {setting!r} of running statistics cannot be {value!r}. "
    "It takes one of: {known}.",
    "running_momentum": "Setting 'momentum' of running statistics cannot be {momentum!r}. It "
    "takes a number from 0 to 1.",
    "running_no_momentum": "Setting 'momentum' of running statistics cannot be {momentum!r}. It "
    "takes only None with convention {convention!r}, which weighs all alike.",
    "running_start": "A record cannot have {channels!r} channels; a whole number from 1 to "
    "{limit} is needed.",
    "running_start_dtype": "A record cannot be of dtype {dtype!r}; a floating-point dtype of numpy "
    "or torch is needed.",
    "running_axis": "Setting 'channel_axis' cannot be {axis!r} for shape {shape}. It takes a whole "
    "number from {first} to {last}.",
    "running_no_axes": "An array of shape {shape} has no axis that could number the channels.",
    "running_dtype": "Running statistics need floating-point numbers, and the batch holds {dtype}. "
    "Convert it first: {fix}.",
    "running_count": "{name!r} of running statistics cannot be {value!r}. It takes whole numbers "
    "from 0, one for each channel or one for all.",
    "running_holds": "{name!r} of running statistics holds {dtype}; real numbers are needed.",
    "running_mixed": "{name!r} of running statistics is of {given}, but the mean of {kept}.",
    "running_shape": "{name!r} has shape {shape}, but running statistics hold one value for each "
    "channel: {expected}.",
    "running_channels": "A record of {given} channels cannot be merged with one of {kept}.",
    "running_library": "The running statistics are kept in {kept}, but the batch comes in {given}. "
    "Start them with a dtype of {given}.",
    "running_records": "A record in {given} cannot be merged with one in {kept}.",
    "running_nan": "The batch statistics of {bad} of {channels} channels are not finite.",
    "map_sign": "{sign} at position {position} of the map is no tint; digits from 0 to {most} are.",
    "map_length": "The map has {given} digits; {side} lines of {side}, {wanted} in all, "
    "are needed.",
    "unseen_step": "Step {step} has no statistics: training has them for the first {known} steps "
    "only.",
    "pattern_type": "Axes are typed as text, and an object of type {type} is none.",
    "pattern_long": "The pattern has {length} characters; at most {limit} are read.",
    "pattern_empty": "No axes are named. Axes to keep apart fit, such as {fits}, or 1 for none.",
    "pattern_arrow": "{token!r} at position {at} is a second arrow; a pattern has one, between "
    "the tensor and the matrix.",
    "pattern_unused": "{token!r} at position {at} says how many {name!r} there are, but no "
    "{name!r} is named. Leave it out, or name {name!r}.",
    "pattern_count_name": "{token!r} at position {at} takes no number; those that do: {fits}.",
    "pattern_count": "{token!r} at position {at} is no number for {name!r}. Numbers that fit: "
    "{fits}.",
    "pattern_divides": "{token!r} at position {at}: so many {name!r} do not divide axis {axis!r} "
    "of length {size}. Numbers that fit: {fits}.",
    "pattern_twice": "{token!r} at position {at} is named twice; each axis fits once.",
    "pattern_part": "{token!r} at position {at} and {other!r} belong to the same axis; name one "
    "of them.",
    "pattern_slash": "{token!r} at position {at} is a second slash; one fits, after the axes that "
    "number whole matrices.",
    "pattern_missing_right": "The right side lacks axis {axis!r} at position {at}. It fits among "
    "the rows (pooled) or the columns (kept apart).",
    "pattern_missing_left": "The left side lacks axis {axis!r} at position {at}; it names every "
    "axis of the tensor, in order.",
    "pattern_sides": "The right side has {count} parts, see {token!r} at position {at}; 2 fit, "
    "rows and columns, or 3, whole matrices first. Brackets join axes: (n h w) c.",
    "pattern_split": "{token!r} at position {at} does not fit on the left; {fits} fits here.",
    "pattern_order": "{token!r} at position {at} comes too early or too late: the left side names "
    "the axes of the tensor in order, and {fits} fits here.",
    "pattern_nested": "{token!r} at position {at} opens a bracket inside that of position "
    "{opened}; brackets do not nest, so ) fits first.",
    "pattern_closed": "{token!r} at position {at} closes a bracket that is not open; leave it out.",
    "pattern_open": "{token!r} at position {at} opens a bracket that nothing closes; ) fits after "
    "its axes.",
    "pattern_glued": "{token!r} at position {at} is no axis; with spaces, {fits}, it is several.",
    "pattern_unknown": "{token!r} at position {at} is no axis here. Axes that fit: {known}.",
    "pattern_sign": "{token!r} at position {at} has no place here. Axes that fit: {known}.",
    "composition": "{key!r} is no composition that can be computed: {part!r} is not known. "
    "Known are: {known}.",
    "needs_axes": "Method {method!r} keeps axes apart or learns along axes that layout {layout!r} "
    "of shape {shape} does not have. It takes the layouts {fits}.",
    "running_single": "In {bad} of {channels} channels the batch holds a single value, which "
    "cannot be normalized: its variance is 0, and the unbiased one would be divided by 0.",
    "task": "Task {name!r} is not known. Known tasks: {known}.",
    "net_choice": "Setting {setting!r} of a net or its training cannot be {value!r}. It takes one "
    "of: {known}.",
    "net_whole": "Setting {setting!r} of a net or its training cannot be {value!r}. It takes a "
    "whole number from {least} to {most}.",
    "net_number": "Setting {setting!r} of a net or its training cannot be {value!r}. It takes a "
    "number above {above} and at most {most}.",
}
LONGEST = 2000  # characters of a fact; whatever is longer is cut


class NormError(ValueError):
    """A request that cannot be met.

    Args:
        code: key of the sentence in ``SENTENCES``; stable, so that an app can say it in its
            own language.
        facts: the values that the sentence names; the numbers that clash are among them.

    Attributes:
        code: as given.
        facts: as given where they are plain values (texts, numbers, None, and tuples and lists of
            these) of bounded length; anything else, such as an array, as the text that describes
            it. So an error can be copied, compared and sent to another process whatever it is
            about.

    Example:
        >>> raise NormError("file_axes", given=1)
        Traceback (most recent call last):
        ...
        normlib.errors.NormError: The array has 1 axes; 2 to 5 are needed.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = {name: _told(fact) for name, fact in facts.items()}
        super().__init__(SENTENCES[code].format(**self.facts))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.facts)


class Described(str):
    """The text that stands for a value; it needs no quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


PLAIN = (str, bool, int, float, Described)


def _told(fact: object) -> object:
    """A fact that any sentence can hold: itself where it is plain and short."""
    try:
        text = repr(fact)
    except Exception:  # a number of a million digits, or a stranger's class
        return Described(f"an object of type {type(fact).__name__}")
    if len(text) > LONGEST:
        return f"{fact[:LONGEST]}..." if type(fact) is str else Described(f"{text[:LONGEST]}...")
    parts = fact if type(fact) in (tuple, list) else (fact,)
    assert isinstance(parts, tuple | list)
    plain = all(part is None or type(part) in PLAIN for part in parts)
    return fact if plain else Described(text)


def _rebuild(code: str, facts: dict[str, object]) -> NormError:
    return NormError(code, **facts)
