"""What normalization does to optimization: settings and records, without torch.

The functions that measure stand in the modules beside, which load torch: ``nets``, ``training``,
``surface``, ``smoothness``, ``sharpness``, ``sweep``; ``linear`` needs numpy alone.
"""

from normlib.landscape.records import Line, Surface
from normlib.landscape.settings import Net, Training, methods

__all__ = ["Line", "Net", "Surface", "Training", "methods"]
