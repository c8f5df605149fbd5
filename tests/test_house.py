"""The house rules: imports point one way, public names are listed, examples run."""

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import normlib

ROOT = Path(__file__).parents[1]
LIBRARY = sorted((ROOT / "normlib").rglob("*.py"))
APP = sorted([*ROOT.glob("app.py"), *(ROOT / "pages").rglob("*.py")])
MODULES = [name for _, name, _ in pkgutil.walk_packages(normlib.__path__, "normlib.")]
# A module may import from lower rows only, and freely from further left in its own row.
ROWS = (
    ("errors", "arrays", "agreement"),
    ("inputs", "in_place", "conventions", "tokens"),
    ("record",),
    ("partition", "pool", "moments", "whiten"),
    ("operation", "columns"),
    ("normalize", "recover", "method"),
    ("pattern", "backward_simple"),
    ("stored",),
    ("mixtures", "decorrelate", "limit"),
    ("operations", "methods", "running", "backward"),
    ("knobs", "layouts", "compose"),
    ("spec",),
    ("situation", "membership"),
    ("trace",),
    (
        "inverse",
        "data",
        "recordings",
        "upload",
        "formulas",
        "formula",
        "parameters",
        "code_values",
        "code_lines",
        "code_recovery",
        "code",
        "stream",
        "batch_size",
        "drift",
        "grad_mode",
        "reported",
        "layers",
        "summary",
        "failures",
        "relation",
        "comparison",
        "reasons",
        "confusions",
        "folding",
        "timeline",
        "influence",
        "padding",
        "blocks",
        "tasks",
        "landscape",
        # Weights and gradients
        "network",
        "on_weights",
        "invariance",
        "on_gradients",
        # Which one to use
        "advice",
        # pictures
        "picture_headers",
        "picture_files",
        "pictures",
        "filter_bank",
        "looks",
        "histograms",
        "styles",
        # whitening
        "shrinkage",
        "clouds",
        "whitenings",
        "outlook",
        "axis_flips",
        "few_rows",
        "patches",
        # recover
        "restoring",
        "descent",
        "tints",
        "published",
        "gradient_invariance",
    ),
)
HEAVY = {"torch": ("normlib.layers", "normlib.landscape"), "plotly": ("normlib.figures",)}
LIGHT = [name for name in MODULES if not name.startswith(sum(HEAVY.values(), ()))]


def imported(path):
    """Full names of all that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imports(path, package):
    return any(name == package or name.startswith(f"{package}.") for name in imported(path))


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", LIBRARY, ids=relative)
def test_the_library_knows_no_page_and_no_streamlit(path):
    found = [name for name in ("streamlit", "pages", "app", "tests") if imports(path, name)]
    assert found == []


@pytest.mark.parametrize("package", HEAVY)
@pytest.mark.parametrize("path", [*LIBRARY, *APP], ids=relative)
def test_torch_is_imported_only_in_layers_and_landscape_and_plotly_only_in_figures(path, package):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    assert module.startswith(HEAVY[package]) or not imports(path, package)


@pytest.mark.parametrize("path", APP, ids=relative)
def test_no_page_imports_another_page(path):
    of_pages = {name for name in imported(path) if name.split(".")[0] == "pages"}
    assert {name for name in of_pages if not name.startswith("pages.ui")} == set()
    assert relative(path) == "app.py" or not imports(path, "app")


@pytest.mark.parametrize("path", sorted((ROOT / "normlib").glob("[!_]*.py")), ids=relative)
def test_imports_in_the_library_point_one_way(path):
    order = [name for row in ROWS for name in row]
    row_of = {name: number for number, row in enumerate(ROWS) for name in row}
    assert path.stem in order, "say here where the new module stands"
    of_library = {name.split(".")[1] for name in imported(path) if name.startswith("normlib.")}
    for name in of_library:
        below = row_of[name] < row_of[path.stem]
        beside = row_of[name] == len(ROWS) - 1 and order.index(name) < order.index(path.stem)
        assert below or beside, f"{path.stem} imports {name}"


@pytest.mark.parametrize("path", [p for p in LIBRARY if p.parent.name == "figures"], ids=relative)
def test_figures_know_records_only(path):
    known = (
        "figures",
        "spec",
        "trace",
        "summary",
        "stream",
        "batch_size",
        "drift",
        "reported",
        "failures",
        "timeline",
        "influence",
        "blocks",
        "tasks",
        "landscape.records",
        "landscape.seeds",
        "landscape.settings",
        "landscape.rescaled",
        "landscape.verdicts",
        "landscape.parabola",
        "landscape.valley",
        "landscape.slopes",
        "landscape.limits",
        "landscape.edges",
        "on_weights",
        "invariance",
        "on_gradients",
        "looks",
        "styles",
        "histograms",
        "whitenings",
        "outlook",
        "axis_flips",
        "few_rows",
        "descent",
        "restoring",
    )
    known = tuple(f"normlib.{name}" for name in known)
    of_library = {name for name in imported(path) if name.startswith("normlib")}
    assert {name for name in of_library if not name.startswith(known)} == set()


def test_public_names_are_those_of_the_list():
    public = {
        name for name, value in vars(normlib).items()
        if not name.startswith("_") and type(value).__name__ != "module"
    }  # fmt: skip
    assert public == set(normlib.__all__)
    assert normlib.__all__ == sorted(normlib.__all__)


def in_a_fresh_process(*modules):
    """Names of the packages that importing the modules loads."""
    code = f"import sys, {', '.join(modules)}; print(*{{n.split('.')[0] for n in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(run.stdout.split())


@pytest.mark.parametrize("modules", [["normlib"], LIGHT], ids=["package", "light modules"])
def test_importing_the_library_loads_neither_torch_nor_plotly_nor_streamlit(modules):
    loaded = in_a_fresh_process(*modules)
    assert {"normlib", "numpy", "einops"} <= loaded
    assert loaded.isdisjoint({"torch", "plotly", "streamlit", "pandas", "pages", "PIL"})


def test_records_of_landscape_load_no_torch():
    loaded = in_a_fresh_process("normlib.landscape", "normlib.tasks")
    assert loaded.isdisjoint({"torch", "plotly", "streamlit"})


def test_there_are_examples_to_run():
    finder = doctest.DocTestFinder()
    names = {test.name for name in ["normlib", *MODULES]
             for test in finder.find(importlib.import_module(name)) if test.examples}  # fmt: skip
    expected = {"normlib", "normlib.partition.Partition", "normlib.spec.Spec",
                "normlib.trace.trace", "normlib.errors.NormError"}  # fmt: skip
    assert expected <= names
