"""The page Whitening: every topic opens in every setting and shows what normlib finds."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from normlib import axis_flips, few_rows, patches, shrinkage, whitenings
from normlib.clouds import CLOUDS
from normlib.pictures import PICTURES
from pages.ui import state, text
from tests.pages.test_pages import open_page, texts
from tests.pages.test_sequences import cells

TOPICS = state.FIELDS["whitening"].choices


def opened(topic: str = "cloud", **query: str) -> AppTest:
    app = open_page("whitening", whitening=topic, **query)
    assert not app.exception
    assert not app.warning
    return app


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_topic_says_what_stands_before_and_after_it(topic: str, language: str):
    app = opened(topic, lang=language)
    parts = text.page(language, "whitening").split("\n---\n")
    at = 1 + 2 * TOPICS.index(topic)
    assert all(part.strip() in texts(app) for part in (parts[0], *parts[at : at + 2]))


@pytest.mark.parametrize(("cloud", "kind"), list(product(state.FIELDS["cloud"].choices,
                                                         whitenings.METHOD)))  # fmt: skip
def test_every_cloud_can_be_normalized_in_every_way(cloud: str, kind: str):
    app = opened(cloud=cloud, whitener=kind)
    assert text.labels("en")[f"whitener.{kind}.text"] in texts(app)
    bold = [row for row in cells(app) if row[0].startswith("**")]
    assert [row[0].strip("*") for row in bold] == [text.labels("en")[f"whitener.{kind}.name"]]
    offered = {slider.key for slider in app.slider}
    assert ("turn" in offered) == (cloud in ("gauss3", "colours"))
    assert ("newton_steps" in offered) == (kind == "newton")
    assert ("correlation" in offered) == (cloud in ("gauss", "gauss3"))


def test_the_table_holds_the_numbers_of_the_library():
    found = whitenings.compare(CLOUDS["gauss"](-0.5, 7), iterations=5)
    rows = cells(opened(correlation="-0.5", seed="7"))
    assert [row[2].strip("*") for row in rows] == [f"{one.moved:.4f}" for one in found.values()]
    assert [row[1].strip("*") == "0" for row in rows] == [
        kind in whitenings.WHITE for kind in found
    ]


def test_the_steps_of_newton_are_told_at_both_ends():
    first, last = (cells(opened("newton", newton_steps=steps)) for steps in ("1", "20"))
    assert float(first[1][1]) < 0.3 < float(last[1][1])
    assert float(last[2][1]) < 1e-9


@pytest.mark.parametrize("rule", axis_flips.SIGN_RULES)
def test_the_flips_are_those_of_the_library(rule: str):
    app = opened("flips", sign_rule=rule, spread_ratio="4", batch_rows="32")
    found = axis_flips.flips(4.0, 45, 32, sign=rule)
    said = text.labels("en")["whitening.counted"].format(
        swapped=found.swapped.sum(), turned=found.turned.sum(), steps=23, axes=46
    )
    assert said in texts(app)
    assert cells(app)[0][1] == f"{found.scatter('pca'):.3f}"


@pytest.mark.parametrize("rows", [2, 8, 9, 20])
def test_few_rows_are_told_with_and_without_shrinkage(rows: int):
    app = opened("few", few_rows=str(rows), shrinkage="0.3")
    data = few_rows.draw(rows, 0)
    plain, shrunk = (few_rows.repair(data, amount) for amount in (0.0, 0.3))
    table = cells(app)
    assert table[0][1:] == [str(plain.rank), str(shrunk.rank)]
    assert (table[2][1] == "∞") == (rows <= 8)
    assert table[4][1:] == [f"{plain.largest:.3g}", f"{shrunk.largest:.3g}"]
    assert f"**{shrinkage.estimated(data):.2f}**" in texts(app)


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_has_its_filters(name: str):
    app = opened("patches", patch_photo=name)
    shares = [float(cell.strip("%")) for cell in cells(app)[0][1:]]
    assert shares[0] < 40 < shares[1]
    assert len(app.get("image")) == 4


@pytest.mark.parametrize(("topic", "field"), [
    ("cloud", "correlation"), ("newton", "newton_steps"), ("flips", "spread_ratio"),
    ("flips", "axis_angle"), ("few", "few_rows"), ("few", "shrinkage"),
])  # fmt: skip
def test_both_ends_of_every_slider_work(topic: str, field: str):
    for end in state.FIELDS[field].ends:
        kind = type(state.FIELDS[field].default)
        app = opened(topic, **{field: state.FIELDS[field].write(kind(end))})
        assert app.slider(key=field).value == end


@pytest.mark.parametrize("amount", patches.SHRINKAGES)
def test_patches_open_with_every_shrinkage(amount: float):
    assert not opened("patches", patch_shrinkage=str(amount)).error
