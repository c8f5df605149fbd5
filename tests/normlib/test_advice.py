"""Advice: every answer leads somewhere, and nothing is said without a source."""

import re
from itertools import product

import pytest

from normlib import METHODS
from normlib.advice import (
    ADVICE,
    ARCHITECTURES,
    BATCHES,
    QUESTIONS,
    ROLES,
    STATUSES,
    TASKS,
    advise,
    answer,
    others,
)
from normlib.reported import GROUP_NORM

EVERY = list(product(TASKS, BATCHES, ARCHITECTURES))


@pytest.mark.parametrize("given", EVERY, ids=" ".join)
def test_every_combination_of_answers_leads_to_a_recommendation(given):
    found = advise(*given)
    assert found[0].role == "use"
    assert [ROLES.index(one.role) for one in found] == sorted(
        ROLES.index(one.role) for one in found
    )
    assert len({one.key for one in found}) == len(found)
    assert answer(*given)[0] == found[0].methods[0]


@pytest.mark.parametrize("given", EVERY, ids=" ".join)
def test_what_to_use_is_nothing_to_beware_of_unless_another_is_named_too(given):
    found = advise(*given)
    warned = {key for one in found if one.role == "beware" for key in one.methods}
    assert set(answer(*given)) - warned


@pytest.mark.parametrize("given", EVERY, ids=" ".join)
def test_others_are_the_single_answers_that_change_the_first_method(given):
    named = dict(zip(QUESTIONS, given, strict=True))
    told = {(one.question, option): one.methods for one in others(*given) for option in one.options}
    for question, options in QUESTIONS.items():
        for option in options:
            methods = answer(**{**named, question: option})
            assert ((question, option) in told) == (methods[0] != answer(*given)[0])
            assert told.get((question, option), methods) == methods
    assert told


def test_every_advice_is_well_formed_and_given_to_someone():
    assert len({one.key for one in ADVICE}) == len(ADVICE)
    for one in ADVICE:
        assert one.role in ROLES
        assert one.status in STATUSES
        assert one.methods
        assert set(one.methods) <= set(METHODS)
        assert one.sources
        assert all(re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{4,5}", link)
                   for link in one.sources)  # fmt: skip
        for asked, answers in zip(QUESTIONS.values(), (one.tasks, one.batches, one.architectures),
                                  strict=True):  # fmt: skip
            assert set(answers) <= set(asked)
        assert any(one in advise(*given) for given in EVERY)


@pytest.mark.parametrize(("given", "first"), [
    (("recognize", "many", "cnn"), "batch"),
    (("recognize", "few", "cnn"), "group"), (("recognize", "one", "cnn"), "group"),
    (("detect", "few", "cnn"), "group"), (("style", "many", "cnn"), "instance"),
    (("generate", "few", "cnn"), "adaptive_instance"), (("robust", "many", "cnn"), "group"),
    (("sequence", "many", "rnn"), "layer_position"),
    *(((task, "one", "transformer"), "layer_position") for task in TASKS),
])  # fmt: skip
def test_the_lesson_is_what_is_advised(given, first):
    assert answer(*given)[0] == first


def test_batch_norm_is_never_advised_for_small_batches_nor_for_transformers_and_recurrences():
    for given in EVERY:
        if given[1] != "many" or given[2] in ("transformer", "rnn"):
            assert "batch" not in answer(*given)


def test_the_border_of_few_is_where_the_table_of_the_paper_turns():
    batch, group = (dict(zip(GROUP_NORM.sizes, GROUP_NORM.errors[key], strict=True))
                    for key in ("batch", "group"))  # fmt: skip
    assert batch[16] < group[16]
    assert batch[8] > group[8]
