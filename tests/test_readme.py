import re
from pathlib import Path

import pytest

from normlib import METHODS
from normlib.method import KINDS

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


def test_the_table_names_every_method_in_the_row_of_its_kind():
    rows = re.findall(r"^\| [^|]+ \| (`.*`) \|$", README, re.MULTILINE)
    named = [set(re.findall(r"`(\w+)`", row)) for row in rows]
    assert named == [{m.key for m in METHODS.values() if m.kind == kind} for kind in KINDS]
    assert f"{len(METHODS)} published methods" in README


def test_every_file_that_is_named_is_there():
    for link in re.findall(r"\]\((?!http)(.*?)\)", README):
        assert (ROOT / link).exists(), link


def test_it_is_short():
    assert len(README.splitlines()) < 100
