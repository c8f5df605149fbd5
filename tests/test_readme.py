import re
from pathlib import Path

import pytest

from normlib import METHODS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_example_runs_and_prints_what_it_says(capsys: pytest.CaptureFixture[str]):
    (source,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(source, {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*\) +# (\S.*)", source)
    assert len(promised) == 2
    assert printed[0] == promised[0]
    assert printed[-1] == promised[1].split()[0]
    assert [line.split(" (")[0] for line in printed[1:-1]] == [
        "input", "reshape", "mean", "variance", "normalize", "recover", "reshape back"
    ]  # fmt: skip


def test_the_table_names_every_method_with_what_it_keeps_apart():
    rows = re.findall(r"^\| (`.*?) \| `(.*?)` \|", README, re.MULTILINE)
    named = {name: apart for names, apart in rows for name in re.findall(r"`(\w+)`", names)}
    assert named == {key: method.apart for key, method in METHODS.items()}


def test_every_file_that_is_named_is_there_and_every_paper_is_linked():
    for link in re.findall(r"\]\((?!http)(.*?)\)", README):
        assert (ROOT / link).exists(), link
    for method in METHODS.values():
        assert f"https://arxiv.org/abs/{method.paper}" in README


def test_it_is_short():
    assert len(README.splitlines()) < 100
