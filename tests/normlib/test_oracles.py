"""The judges are judged: all of them. Each subject has a file of its own beside this one."""

import ast
from pathlib import Path

import pytest
import torch

from normlib.layers import oracles
from normlib.layers.oracles import ORACLES
from tests.normlib.oracle_cases import SIZES, ask, normal


def test_judges_know_the_spec_and_torch_only():
    for path in Path(oracles.__file__).parent.glob("*.py"):
        tree = ast.walk(ast.parse(path.read_text("utf-8")))
        names = {node.module for node in tree if isinstance(node, ast.ImportFrom)}
        names = {name for name in names if name.startswith("normlib")}
        assert all(n == "normlib.spec" or n.startswith("normlib.layers.oracles") for n in names)


KNOBS = {"groups": 3, "parts": 2, "reference": 2, "r_max": 3.0, "d_max": 5.0, "size": 5,
         "alpha": 1e-4, "power": 0.75, "k": 1.0, "reach": 1, "iterations": 3, "hidden": 2,
         "classes": 3, "between_channels": False, "max_norm": 1.0, "clipping": 0.01,
         "trust": 1e-3, "decay": 0.0}  # fmt: skip
WITH_SPACE = ("instance_norm", "mean_variance", "filter_response", "reversible", "divisive",
              "local_context", "global_response", "switchable", "batch_instance",
              "conditional_instance", "adaptive_instance", "cross", "self")  # fmt: skip
SHAPES = [(4, 6), (4, 6, 5), SIZES, (2, 6, 2, 3, 2)]


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("name", ORACLES)
def test_every_judge_answers_without_parameters_and_can_be_differentiated(name, sizes):
    along_time = name in ("cumulative_layer", "recurrent_batch")
    if (name in WITH_SPACE and len(sizes) == 2) or (along_time and len(sizes) != 3):
        pytest.skip("has no meaning on such a shape")
    for training in (True, False):
        x = normal(*sizes).requires_grad_()
        y = ask(name, x, training=training, **KNOBS)
        (gradient,) = torch.autograd.grad((y * normal(*sizes, seed=1)).sum(), x)
        assert y.shape == x.shape
        assert y.dtype == x.dtype
        assert y.isfinite().all()
        assert gradient.isfinite().all()
        assert gradient.abs().max() > 0
