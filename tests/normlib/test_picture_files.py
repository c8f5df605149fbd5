"""A stranger's picture: pixels or one `NormError`, and no memory by what a header claims."""

import io
import os
import resource
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from normlib import NormError
from normlib.picture_files import (
    LARGEST,
    MOST_BYTES,
    MOST_DECODED,
    MOST_PIXELS,
    check_size,
    encode,
    read_picture,
)  # fmt: skip

RAMP = np.linspace(0, 255, 40 * 60 * 3).reshape(40, 60, 3).astype(np.uint8)
FORMATS = ("PNG", "JPEG", "WEBP")


def saved(picture, format="PNG", **settings):
    stream = io.BytesIO()
    picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    picture.save(stream, format, **settings)
    return stream.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def code_of(content):
    with pytest.raises(NormError) as caught:
        read_picture(content)
    return caught.value.code


def png(width, height, depth=8, color=2, body=b""):
    """A PNG whose header names any size."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body))
            + chunk(b"IEND", b""))  # fmt: skip


def jpeg(width, height):
    """A small JPEG whose header names another size."""
    content = bytearray(saved(RAMP, "JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp(kind, width, height):
    """A WebP whose header names any size."""
    exif = turned(6) if kind == "VP8X" else b""
    content = bytearray(saved(RAMP, "WEBP", lossless=kind == "VP8L", exif=exif))
    assert content[12:16] == kind.encode().ljust(4)
    if kind == "VP8X":
        content[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == "VP8L":
        content[21:25] = (width - 1 | height - 1 << 14).to_bytes(4, "little")
    else:
        content[26:30] = struct.pack("<HH", width, height)
    return bytes(content)


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_is_read_as_red_green_and_blue(format):
    x = read_picture(saved(RAMP, format, quality=95))
    assert x.shape == (40, 60, 3)
    assert x.dtype == np.float32
    assert np.abs(x - RAMP / 255).max() < (1e-7 if format == "PNG" else 0.1)


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((1000, 500), (256, 512, 3)),
        ((3, 7), (7, 3, 3)),
        ((4000, 2), (1, 512, 3)),
        ((1, 1), (1, 1, 3)),
    ],
)
def test_a_long_side_is_scaled_down_and_the_shape_stays(size, shape):
    assert read_picture(saved(Image.new("RGB", size, "red"))).shape == shape


def test_a_square_is_cut_from_the_middle():
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    assert read_picture(saved(wide), 64).min() == 1
    assert read_picture(saved(wide.transpose(1, 0, 2)), 8).shape == (8, 8, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", FORMATS)
def test_a_turned_photo_is_turned_upright(orientation, format):
    blue_corner = Image.new("RGB", (64, 32), "black")
    blue_corner.paste("blue", (0, 0, 16, 8))
    content = saved(blue_corner, format, exif=turned(orientation))
    x = read_picture(content)
    # EXIF: where the first row and the first column of the file are seen.
    top, left = {1: (1, 1), 2: (1, 0), 3: (0, 0), 4: (0, 1), 5: (1, 1), 6: (1, 0), 7: (0, 0),
                 8: (0, 1)}[orientation]  # fmt: skip
    assert x.shape == ((32, 64, 3) if orientation < 5 else (64, 32, 3))
    assert x[0 if top else -1, 0 if left else -1, 2] > 0.8
    assert x[-1 if top else 0, 0 if left else -1, 2] < 0.2
    assert x[0 if top else -1, -1 if left else 0, 2] < 0.2


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "RGB"])
def test_every_kind_of_png_becomes_the_same_grey(mode):
    grey = Image.new("L", (8, 8), 255).convert(mode) if mode != "I;16" else Image.fromarray(
        np.full((8, 8), 65535, np.uint16))  # fmt: skip
    assert read_picture(saved(grey)).tolist() == np.ones((8, 8, 3)).tolist()


def test_sixteen_bits_of_grey_are_not_clipped():
    ramp = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
    x = read_picture(saved(Image.fromarray(ramp)))
    assert np.abs(x[..., 0] - ramp / 65535).max() < 1e-6


def test_what_is_transparent_stands_on_white():
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([0, 0, 0] * 256)
    spared = Image.new("RGB", (4, 4), (1, 2, 3))
    for content in (
        saved(clear),
        saved(clear, "WEBP", lossless=True),
        saved(palette, transparency=0),
        saved(palette, transparency=bytes(256)),
        saved(spared, transparency=(1, 2, 3)),
    ):
        assert read_picture(content).min() == 1
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    assert read_picture(saved(half)).mean() == pytest.approx(127 / 255, abs=0.01)


def test_cmyk_becomes_rgb():
    x = read_picture(saved(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG"))
    assert np.abs(x - [0, 1, 1]).max() < 0.05


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_counts(format):
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    content = saved(frames[0], format, save_all=True, append_images=frames[1:], lossless=True)
    assert read_picture(content).tolist() == np.broadcast_to([1, 0, 0], (8, 8, 3)).tolist()


def test_an_encoded_picture_reads_back_and_what_lies_beyond_gets_the_colour_of_the_end():
    ramp = np.linspace(-4, 4, 64 * 64 * 3, dtype=np.float32).reshape(3, 64, 64)
    x = read_picture(encode(ramp, -2, 2)).transpose(2, 0, 1)
    assert np.abs(x - np.clip((ramp + 2) / 4, 0, 1)).max() < 0.03
    grey = read_picture(encode(ramp[:1], -4, 4))
    assert np.ptp(grey, axis=2).max() == 0
    assert np.abs(grey[..., 0] - (ramp[0] + 4) / 8).max() < 0.02


BAD = {
    "nothing": (b"", "picture_type"),
    "text": (b"a picture", "picture_type"),
    "a GIF": (saved(RAMP[..., 0], "GIF"), "picture_type"),
    "a BMP": (saved(RAMP, "BMP"), "picture_type"),
    "a TIFF": (saved(RAMP, "TIFF"), "picture_type"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_type"),
    "a sound in RIFF": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(20), "picture_broken"),
    "PNG of nothing": (b"\x89PNG\r\n\x1a\n", "picture_broken"),
    "PNG without pixels": (png(0, 5), "picture_pixels"),
    "PNG of terabytes": (png(2**31 - 1, 2**31 - 1), "picture_pixels"),
    "PNG of one row too many": (png(4096, 2049), "picture_pixels"),
    "PNG that promises more than it holds": (png(4096, 2048, body=bytes(64)), "picture_broken"),
    "PNG of impossible depth": (png(4, 4, depth=3, body=bytes(64)), "picture_broken"),
    "JPEG of nothing": (b"\xff\xd8", "picture_broken"),
    "JPEG that ends at once": (b"\xff\xd8\xff\xd9", "picture_broken"),
    "JPEG without pixels": (jpeg(0, 5), "picture_pixels"),
    "JPEG of gigapixels": (jpeg(65500, 65500), "picture_pixels"),
    "JPEG that promises more than it holds": (jpeg(4096, 4096)[:-40], "picture_broken"),
    "WebP of gigapixels": (webp("VP8 ", 16383, 16383), "picture_pixels"),
    "lossless WebP of gigapixels": (webp("VP8L", 16383, 16383), "picture_pixels"),
    "extended WebP of terapixels": (webp("VP8X", 2**24, 2**24), "picture_pixels"),
    "extended WebP of another size": (webp("VP8X", 2048, 4096), "picture_broken"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_picture_is_refused(case):
    content, code = BAD[case]
    assert code_of(content) == code


@pytest.mark.parametrize("second", [False, True])
def test_the_larger_of_two_headers_counts(second):
    small, large = (content[content.index(b"\xff\xc0") :][:19] for content in
                    (saved(RAMP, "JPEG"), jpeg(60000, 60000)))  # fmt: skip
    whole = saved(RAMP, "JPEG")
    assert code_of(whole.replace(small, small + large if second else large + small)) == (
        "picture_pixels"
    )


def test_a_jpeg_of_endless_scans_is_refused_and_a_progressive_one_is_read():
    whole = saved(RAMP, "JPEG", progressive=True)
    assert 1 < whole.count(b"\xff\xda") < 20
    assert read_picture(whole).shape == (40, 60, 3)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    assert code_of(whole[:-2] + 100 * last + whole[-2:]) == "picture_broken"


def test_the_limits_are_those_that_are_told():
    assert check_size(MOST_BYTES) is None
    with pytest.raises(NormError) as caught:
        read_picture(bytes(MOST_BYTES + 1))
    assert caught.value.code == "picture_size"
    assert MOST_PIXELS == 4096 * 4096 == 2 * MOST_DECODED
    most = saved(Image.new("L", (4096, 4096)), "JPEG")
    assert read_picture(most).shape == (LARGEST, LARGEST, 3)
    for format, size in (("PNG", (4096, 2048)), ("WEBP", (2048, 4096))):
        content = saved(Image.new("RGBA", size), format, lossless=True, method=0)
        assert max(read_picture(content).shape) == LARGEST
    assert code_of(saved(Image.new("L", (4096, 4097)), "JPEG")) == "picture_pixels"


def harmed(rng, content):
    """A file after some harm: cut short, bytes changed, bytes put in or taken out."""
    content = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        kind, at = rng.integers(4), int(rng.integers(len(content)))
        if kind == 0:
            del content[at:]
        elif kind == 1:
            for place in rng.integers(0, len(content), int(rng.integers(1, 30))):
                content[place] = int(rng.integers(256))
        elif kind == 2:
            content[at:at] = rng.bytes(int(rng.integers(1, 9)))
        else:
            head = int(rng.integers(min(60, len(content))))
            content[head : head + 4] = b"\xff\xff\xff\xff"
        if not content:
            break
    return bytes(content)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of corrupt EXIF
@pytest.mark.parametrize("format", FORMATS)
def test_harm_does_no_more_than_a_norm_error_and_takes_no_memory(format):
    rng = np.random.default_rng(FORMATS.index(format))
    photo = Image.fromarray(rng.integers(0, 256, (24, 20, 3), np.uint8))
    whole = [saved(photo, format, exif=turned(6)), saved(photo.convert("L"), format),
             saved(photo.convert("CMYK" if format == "JPEG" else "RGBA"), format)]  # fmt: skip
    before, refused = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    for turn in range(600):
        try:
            x = read_picture(harmed(rng, whole[turn % 3]))
        except NormError:
            refused += 1
        else:
            assert x.ndim == 3
            assert 0 <= x.min() <= x.max() <= 1
    assert refused > 300
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * (1 if os.uname().sysname == "Darwin" else 1024) < 300 * 2**20
