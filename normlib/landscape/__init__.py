"""What normalization does to optimization: settings and records, without torch.

The functions that measure stand in the modules beside, which load torch: ``nets``, ``training``,
``surface``, ``smoothness``, ``sharpness``, ``sweep``; ``linear`` needs numpy alone.
"""

from normlib.landscape.records import (
    Conditioning,
    Eigenvalue,
    Limits,
    Line,
    Moment,
    Run,
    Scales,
    Smoothness,
    Surface,
    Sweep,
    ratios,
)
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
