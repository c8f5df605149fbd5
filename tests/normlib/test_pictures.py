"""The shipped pictures: all there, small, licensed, and of different looks."""

import numpy as np
import pytest
from PIL import Image

from normlib.pictures import FOLDER, LICENCES, PICTURES, photo

README = (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_square_without_metadata_and_has_its_origin_told(name):
    picture = PICTURES[name]
    path = FOLDER / picture.file
    assert path.stat().st_size < 60_000
    with Image.open(path) as file:
        assert file.format == "WEBP"
        assert file.width == file.height <= 512
        assert not {"exif", "icc_profile", "xmp"} & set(file.info)
    assert picture.link.startswith("https://")
    row = next(line for line in README.splitlines() if f"`{picture.file}`" in line)
    assert picture.author in row
    assert LICENCES[picture.licence] in row


def test_the_folder_holds_the_table_and_nothing_else():
    files = {picture.file for picture in PICTURES.values()} | {"README.md"}
    assert {path.name for path in FOLDER.iterdir()} == files
    assert len(PICTURES) >= 6
    assert sum((FOLDER / name).stat().st_size for name in files) < 500_000


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", [32, 512])
def test_a_photo_has_the_asked_size_and_nobody_can_write_to_it(name, size):
    pixels = photo(name, size)
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.float32
    assert 0 <= pixels.min() < pixels.max() <= 1
    assert pixels is photo(name, size)
    with pytest.raises(ValueError, match="read-only"):
        pixels[0] = 0


def test_at_its_own_size_a_photo_is_the_file():
    with Image.open(FOLDER / PICTURES["astronaut"].file) as file:
        expected = np.asarray(file.convert("RGB")) / 255
    assert np.abs(photo("astronaut", 512) - expected).max() < 1e-7


def test_the_looks_differ():
    looks = {name: photo(name, 128) for name in PICTURES}
    means = {name: pixels.mean((0, 1)) for name, pixels in looks.items()}
    assert np.ptp(means["retina"]) > 0.5, "a strong cast of colour"
    assert means["rocket"].argmax() == 2, "blue dusk"
    assert np.ptp(looks["bricks"], axis=2).max() < 0.05, "grey"
    assert looks["bricks"].std() < 0.11 < 0.25 < looks["palace"].std(), "low and high contrast"
    assert means["painting"].min() > 0.5, "light"
