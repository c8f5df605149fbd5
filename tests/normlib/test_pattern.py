"""Typed axes and patterns: what fits is read, what does not gets one sentence, and no more."""

import random
import string
import tracemalloc

import einops
import numpy as np
import pytest

from normlib import NormError, Spec
from normlib.compose import compose, counted
from normlib.pattern import parse
from normlib.tokens import LONGEST

LENGTHS = {"n": 4, "c": 6, "h": 3, "w": 2}


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("n g", "n g"), ("  h ", "h"), ("1", ""), ("()", ""), ("n, c", "n c"), ("N C", "n c"),
        ("n ...", "n h w"), ("g k", "c"), ("k n g", "n c"), ("b m h", "n h"), ("(n g)", "n g"),
        ("n c h w -> (n h w) c", "c"), ("n c h w->(w h n)c", "c"), ("n c h w → (n c h w) 1", ""),
        ("n (g k) h w -> (k h w) (n g)", "n g"), ("n (g k) h w -> (g h w) (n k)", "n k"),
        ("n (g k) h w -> (h w) (n g k)", "n c"), ("(b m) c h w -> (m h w) (b c)", "b c"),
        ("n c ... -> (c ...) n", "n"), ("n c ... -> c (n ...)", "n h w"),
        ("n c h w -> () (n c h w)", "n c h w"), ("n （g k） h w －> （k h w） （n g）", None),
        ("n （g k） h w -> （k h w） （n g）", "n g"), ("n g, g=3", "n g"), ("g = 3 n g", "n g"),
    ],
)  # fmt: skip
def test_what_fits_is_read(text, apart):
    if apart is None:
        with pytest.raises(NormError):
            parse(text, LENGTHS)
    else:
        assert parse(text, LENGTHS).apart == tuple(apart.split())


def test_whole_matrices_and_counts_are_read():
    for text in ("n / g, g=3", "n (g k) h w -> n (k h w) g, g=3"):
        found = parse(text, LENGTHS)
        assert (found.blocks, found.apart, found.counts) == (("n",), ("g",), {"g": 3})
    assert parse("b c, b=2", LENGTHS).counts == {"b": 2}
    assert parse("1", {"n": 2, "c": 3}).apart == ()
    for text in (
        "n (g k) h w -> (h w) (n g k), g=3",
        "n g k, g=3",
        "n (g k) h w -> (g k h w) n, g=3",
    ):
        found = parse(text, LENGTHS)
        assert not counted(found, compose(found.apart))
    found = parse("n (g k) h w -> g (n h w) k, g=3", LENGTHS)
    assert counted(found, compose(found.apart, "zca", blocks=found.blocks)) == {"groups": 3}
    assert not counted(found, compose(found.apart, blocks=found.blocks))
    assert parse("n ...", {"n": 2, "c": 3}).apart == ("n",)


@pytest.mark.parametrize(
    "text",
    ["n c h w -> (n h w) c", "n (g k) h w -> (k h w) (n g), g=3", "n c h w -> (c w) (n h)",
     "n (g k) h w -> (g h w) (n k), g=2", "(b m) c h w -> (c h w) (b m), b=2"],
)  # fmt: skip
def test_a_pattern_has_the_groups_that_einops_gives_it(text):
    found = parse(text, LENGTHS)
    x = np.arange(144).reshape(4, 6, 3, 2)
    matrix = einops.rearrange(x, text.split(",")[0], **found.counts)
    method = compose(found.apart)
    spec = Spec(method.key, x.shape, knobs=counted(found, method))
    ours = {frozenset(column) for column in spec.partition.split(x).T.tolist()}
    assert ours == {frozenset(column) for column in matrix.T.tolist()}


@pytest.mark.parametrize(
    ("text", "code", "facts"),
    [
        (7, "pattern_type", {"type": "int"}),
        ("n " * 101, "pattern_long", {"length": 202, "limit": LONGEST}),
        ("", "pattern_empty", {"fits": "n c"}), (" , ", "pattern_empty", {}),
        ("n c h w -> 1 -> n", "pattern_arrow", {"token": "->", "at": 14}),
        ("n, g=2", "pattern_unused", {"token": "2", "at": 6, "name": "g"}),
        ("n h=2", "pattern_count_name", {"token": "h", "at": 3, "fits": "g, b"}),
        ("n g=x", "pattern_count", {"token": "x", "at": 5, "fits": "1, 2, 3, 6"}),
        ("n g=", "pattern_count", {"token": "=", "at": 4}),
        ("n g, g=4", "pattern_divides", {"token": "4", "at": 8, "size": 6, "fits": "1, 2, 3, 6"}),
        ("n g, g=0", "pattern_divides", {"token": "0"}),
        ("n g, g=" + "9" * 190, "pattern_divides", {"at": 8}),
        ("n n", "pattern_twice", {"token": "n", "at": 3}),
        ("n g, g=2 g=3", "pattern_twice", {"token": "g", "at": 10}),
        ("n h ...", "pattern_twice", {"token": "...", "at": 5}),
        ("c g", "pattern_part", {"token": "g", "at": 3, "other": "c"}),
        ("m n", "pattern_part", {"token": "n", "at": 3, "other": "m"}),
        ("n / c / h", "pattern_slash", {"at": 7}),
        ("n c h w -> (n h) c", "pattern_missing_right", {"axis": "w", "at": 19}),
        ("n c h -> (n h) c", "pattern_missing_left", {"axis": "w", "at": 7}),
        ("n c h w -> n c h w", "pattern_sides", {"count": 4, "token": "w", "at": 18}),
        ("n c h w -> (n c h w)", "pattern_sides", {"count": 1, "token": "n", "at": 13}),
        ("n (h k) c w -> 1 1", "pattern_split", {"token": "(h k)", "at": 3, "fits": "c, (g k)"}),
        ("n c (h w) -> c n", "pattern_split", {"token": "(h w)", "at": 5, "fits": "h"}),
        ("n c w h -> c n", "pattern_order", {"token": "w", "at": 5, "fits": "h"}),
        ("n c ((h w))", "pattern_nested", {"token": "(", "at": 6, "opened": 5}),
        ("n c)", "pattern_closed", {"token": ")", "at": 4}),
        ("(n c", "pattern_open", {"token": "(", "at": 1}),
        ("nc", "pattern_glued", {"token": "nc", "at": 1, "fits": "n c"}),
        ("n x", "pattern_unknown", {"token": "x", "at": 3, "known": "n, c, h, w, g, k, b, m"}),
        ("n t", "pattern_unknown", {"token": "t"}),
        ("n c h w -> (n h w k) c", "pattern_unknown", {"token": "k", "known": "n, c, h, w"}),
        ("n 3", "pattern_sign", {"token": "3", "at": 3}), ("n ..", "pattern_sign", {"at": 3}),
        ("c; import os", "pattern_sign", {"token": ";", "at": 2}),
        ("n \ud800", "pattern_sign", {"token": "\\ud800"}),
        ("n \x00", "pattern_sign", {"token": "\\x00"}),
        ("x" * 200, "pattern_unknown", {"token": "x" * 24 + "…"}),
    ],
)  # fmt: skip
def test_what_does_not_fit_names_the_token_its_position_and_what_would(text, code, facts):
    with pytest.raises(NormError) as problem:
        parse(text, LENGTHS)
    assert problem.value.code == code
    assert facts.items() <= problem.value.facts.items()
    assert str(problem.value).isprintable()


@pytest.mark.parametrize("text", ["n g", "n (g k) -> k (n g)", "c", "n / g"])
def test_a_tensor_of_two_axes_is_enough(text):
    assert parse(text, {"n": 4, "c": 6})


PIECES = ["n", "c", "h", "w", "g", "k", "b", "m", "t", "(", ")", "->", "→", "...", "..", "=", "/",
          "1", "3", " ", ",", "g=", "9" * 60, "__import__('os').system('x')", "{n}", "%s", "\0",
          "lambda: 0", "n" * 80, "（", "ｎ", "\u202e", "\ud83d", "😀", "١", "é", "#", "\n", "\\",
          "1e999", "-1", "[x for x in c]", "<script>", "$(n)", "n.__class__"]  # fmt: skip


def fuzzed(rng: random.Random) -> str:
    """Pieces of patterns, random characters of all of Unicode, brackets, or something huge."""
    kind = rng.randrange(5)
    if kind == 0:
        return "".join(rng.choices(PIECES, k=rng.randrange(1, 25)))
    if kind == 1:
        return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(1, 120)))
    if kind == 2:
        depth = rng.randrange(2, 20_000)
        return "(" * depth + "n" + ")" * rng.randrange(depth)
    if kind == 3:
        return rng.choice(PIECES) * rng.choice([300, 10_000, 1_000_000])
    valid = "n (g k) h w -> (k h w) (n g), g=3"
    place = rng.randrange(len(valid))
    return valid[:place] + rng.choice([*PIECES, *string.printable]) + valid[place + 1 :]


def test_thousands_of_bad_texts_raise_nothing_but_a_short_norm_error_in_bounded_memory():
    rng = random.Random(0)
    texts = [fuzzed(rng) for _ in range(4000)]
    codes, refused, longest = set(), 0, 0
    tracemalloc.start()
    for text in texts:
        try:
            found = parse(text, LENGTHS)
        except NormError as problem:
            refused += 1
            codes.add(problem.code)
            longest = max(longest, len(str(problem)))
        else:  # a few are right by chance: then they can be composed
            assert compose(found.apart, blocks=found.blocks).fits("nchw")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused > 3000
    assert longest < 300
    assert len(codes) > 15
    assert peak < 1_000_000


def test_no_more_than_the_first_characters_are_ever_looked_at(monkeypatch):
    monkeypatch.setattr("normlib.tokens.TOKEN", None)
    with pytest.raises(NormError, match="at most 200"):
        parse("(" * 10**7, LENGTHS)
