from normlib.reported import GROUP_NORM


def test_the_table_has_a_number_for_every_size_and_names_its_place():
    assert {len(values) for values in GROUP_NORM.errors.values()} == {len(GROUP_NORM.sizes)}
    assert GROUP_NORM.link.endswith("1803.08494")


def test_the_gap_at_two_images_is_that_of_the_abstract():
    batch, group = (dict(zip(GROUP_NORM.sizes, values, strict=True))
                    for values in GROUP_NORM.errors.values())  # fmt: skip
    assert round(batch[2] - group[2], 1) == 10.6
    assert (batch[32], batch[2], group[32], group[2]) == (23.6, 34.7, 24.1, 24.1)
    better = {size: batch[size] < group[size] for size in GROUP_NORM.sizes}
    assert better == {32: True, 16: True, 8: False, 4: False, 2: False}  # as the page says
