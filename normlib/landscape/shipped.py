"""Results that come with the app: records in small files, read without torch and without pickle.

A file is a zip of numpy arrays; the entry ``tree`` holds, as JSON, what they belong to: records,
their settings, and mappings of those by name. ``ship`` says how each file is made.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parents[2] / "assets" / "results"
PACKAGE = "normlib.landscape"
LARGEST_FILE, LARGEST_CONTENT = 2**19, 2**22  # bytes, packed and unpacked
TREE = "tree"


@lru_cache(maxsize=64)
def load(name: str) -> Any:
    """A shipped result: a record, or records by name. Nobody can write to its arrays.

    Raises:
        ValueError: the file is larger than any that is shipped, or unpacks to more.
        OSError: there is no such file.
    """
    path = FOLDER / f"{name}.npz"
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path.name} is larger than {LARGEST_FILE} bytes")
    return unpack(path.read_bytes())


def save(name: str, result: Any) -> Path:
    """Write a result into the folder of those that are shipped; returns where."""
    content = pack(result)
    if len(content) > LARGEST_FILE:
        raise ValueError(f"{name} has {len(content)} bytes; at most {LARGEST_FILE} are shipped")
    path = FOLDER / f"{name}.npz"
    path.write_bytes(content)
    return path


def pack(result: Any) -> bytes:
    """The bytes of a file, always the same for the same result.

    Args:
        result: a record of this package, or strings, numbers, None, arrays, tuples and mappings
            by name of those. Tables of float64 (two axes and more) are rounded to float32;
            coordinates and curves, which have one axis, are kept as they are.
    """
    arrays: dict[str, Any] = {}
    tree = json.dumps(_encode(result, arrays))
    arrays[TREE] = np.frombuffer(tree.encode(), np.uint8)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def unpack(content: bytes) -> Any:
    """What `pack` packed; float64 where it was rounded.

    Raises:
        ValueError: it would unpack to more than any result that is shipped.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as entries:
        size = sum(entry.file_size for entry in entries.infolist())
    if size > LARGEST_CONTENT:
        raise ValueError(f"the file unpacks to {size} bytes; at most {LARGEST_CONTENT} are read")
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    return _decode(json.loads(arrays.pop(TREE).tobytes()), arrays)


def _encode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        assert value.dtype.kind in "fiub"
        name = f"a{len(arrays)}"
        rounded = value.dtype == np.float64 and value.ndim > 1
        arrays[name] = value.astype(np.float32) if rounded else value
        return {"array": name, "dtype": str(value.dtype)}
    if is_dataclass(value):
        kind = f"{type(value).__module__}.{type(value).__name__}"
        assert kind.startswith(f"{PACKAGE}."), kind
        held = {field.name: getattr(value, field.name) for field in fields(value)}
        return {"record": kind.removeprefix(f"{PACKAGE}."), "fields": _each(held, arrays)}
    if isinstance(value, Mapping):
        return {"mapping": _each(value, arrays)}
    if isinstance(value, tuple):
        return [_encode(one, arrays) for one in value]
    assert value is None or type(value) in (str, int, float, bool), type(value)
    return value


def _each(values: Mapping[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    return {name: _encode(value, arrays) for name, value in values.items()}


def _decode(tree: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(tree, list):
        return tuple(_decode(one, arrays) for one in tree)
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        array = arrays[tree["array"]].astype(tree["dtype"])
        array.flags.writeable = False
        return array
    if "mapping" in tree:
        return {name: _decode(one, arrays) for name, one in tree["mapping"].items()}
    module, name = tree["record"].split(".")
    public = import_module(PACKAGE)  # a public record may have moved since the file was made
    kind = getattr(public if name in public.__all__ else import_module(f"{PACKAGE}.{module}"), name)
    assert is_dataclass(kind)
    assert isinstance(kind, type)
    return kind(**{name: _decode(one, arrays) for name, one in tree["fields"].items()})
