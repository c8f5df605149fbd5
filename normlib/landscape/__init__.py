"""What normalization does to optimization: settings and records, without torch.

The functions that measure stand in the modules beside, which load torch: ``nets``, ``training``,
``surface``, ``smoothness``, ``sharpness``, ``sweep``; ``linear`` needs numpy alone.
"""

from normlib.landscape.records import (
    Conditioning,
    Eigenvalue,
    Line,
    Moment,
    Run,
    Scales,
    Surface,
)
from normlib.landscape.seeds import Limits, Smoothness, Sweep, ratios
from normlib.landscape.settings import Net, Training, methods

__all__ = [
    "Conditioning",
    "Eigenvalue",
    "Limits",
    "Line",
    "Moment",
    "Net",
    "Run",
    "Scales",
    "Smoothness",
    "Surface",
    "Sweep",
    "Training",
    "methods",
    "ratios",
]
