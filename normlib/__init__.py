"""Every normalization is reshape -> normalize -> recover -> reshape back.

>>> import numpy as np
>>> import normlib
>>> x = np.random.default_rng(0).normal(size=(4, 6, 5, 5))
>>> y = normlib.apply(normlib.Spec("group", x.shape, knobs={"groups": 3}), x)
>>> y.shape, abs(float(y[0, :2].mean())) < 1e-12
((4, 6, 5, 5), True)
"""

from normlib.errors import NormError
from normlib.inverse import invert
from normlib.layouts import LAYOUTS
from normlib.membership import members, sources
from normlib.method import Method
from normlib.methods import METHODS
from normlib.partition import Partition
from normlib.spec import Spec
from normlib.trace import Step, Trace, apply, steps, trace

__all__ = [
    "LAYOUTS",
    "METHODS",
    "Method",
    "NormError",
    "Partition",
    "Spec",
    "Step",
    "Trace",
    "apply",
    "invert",
    "members",
    "sources",
    "steps",
    "trace",
]
