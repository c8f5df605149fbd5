"""The code that learners see: run by tests, and by the page where torch is asked.

Every last line is an expression, as at the end of a cell of a notebook.
"""

TORCH = """\
import torch
from torch import nn
"""
NUMPY = """\
import numpy as np
"""
BOTH = NUMPY + TORCH + "\n"

VECTORS = (
    BOTH
    + """\
x = torch.tensor(np.random.RandomState({seed}).normal(size=({samples}, {features})))
"""
)
SINGLE = """\
y = nn.BatchNorm1d({features}, dtype=x.dtype)(x)
y.std(correction=0).item()
"""
SINGLE_REPAIR = """\
y = nn.LayerNorm({features}, dtype=x.dtype)(x)
y.std(correction=0).item()
"""
DIVIDE = """\
layer = nn.GroupNorm(num_groups={groups}, num_channels={channels})
{channels} % layer.num_groups
"""
TWO = """\
y = nn.BatchNorm1d({features}, eps=1e-30, dtype=x.dtype)(x)
y.abs().min().item()
"""
TWO_REPAIR = """\
y = nn.LayerNorm({features}, eps=1e-30, dtype=x.dtype)(x)
y.abs().min().item()
"""

CONSTANT = (
    NUMPY
    + """\
x = np.full(256, {value}, np.float32)
"""
)
CONSTANT_CODE = """\
mean = np.cumsum(x)[-1] / np.float32(256)  # one number after the other
variance = ((x - mean) ** 2).mean()
y = (x - mean) / np.sqrt(variance + np.float32(1e-5))
float(y[0])
"""
CONSTANT_REPAIR = """\
mean = x[0] + (x - x[0]).mean()  # the mean of what differs from the first
variance = ((x - mean) ** 2).mean()
y = (x - mean) / np.sqrt(variance + np.float32(1e-5))
float(y[0])
"""
CONSTANT_TORCH = """\
import torch
images = torch.tensor(x).reshape(4, 1, 8, 8)
torch.nn.BatchNorm2d(1)(images)[0, 0, 0, 0].item()
"""

LARGE_MEAN = (
    NUMPY
    + """\
x = {mean} + np.random.RandomState({seed}).normal(size={values})
x = x.astype(np.float32)
"""
)
LARGE_MEAN_CODE = """\
float((x * x).mean() - x.mean() ** 2)
"""
LARGE_MEAN_REPAIR = """\
d = x - x.mean()
d = d - d.mean()
float((d * d).mean())
"""
LARGE_MEAN_TORCH = """\
import torch
{{
    "var": torch.tensor(x).var(correction=0).item(),
    "layer_norm, std": torch.layer_norm(torch.tensor(x), x.shape).std(correction=0).item(),
}}
"""

HALF = (
    NUMPY
    + """\
x = {scale} * np.random.RandomState({seed}).normal(size=256)
x = x.astype(np.float16)
"""
)
HALF_CODE = """\
d = x - x.mean()
y = d / np.sqrt((d * d).mean() + np.float16(1e-5))
float(y.astype(float).std())
"""
HALF_REPAIR = """\
d = x.astype(np.float32)
d = d - d.mean()
y = (d / np.sqrt((d * d).mean() + 1e-5)).astype(np.float16)
float(y.astype(float).std())
"""
HALF_TORCH = """\
import torch
torch.layer_norm(torch.tensor(x), x.shape).double().std(correction=0).item()
"""

COLUMN = (
    BOTH
    + """\
x = {spread} * torch.tensor(np.random.RandomState({seed}).normal(size=(1024, 1)))
"""
)
BY_VARIANCE = """\
y = (x - x.mean()) / (x.var(correction=0) + 1e-5)
y.std(correction=0).item()
"""
BY_VARIANCE_REPAIR = """\
y = (x - x.mean()) / torch.sqrt(x.var(correction=0) + 1e-5)
y.std(correction=0).item()
"""
OTHER_EPS = """\
y = nn.BatchNorm1d(1, dtype=x.dtype)(x)  # eps=1e-5
y.std(correction=0).item()
"""
OTHER_EPS_REPAIR = """\
y = nn.BatchNorm1d(1, eps=1e-3, dtype=x.dtype)(x)
y.std(correction=0).item()
"""

CHANNELS_LAST = (
    BOTH
    + """\
x = np.random.RandomState({seed}).normal(size={shape})
x = torch.tensor(x * [1, 2, 3] + [0, 5, -5])
right = nn.BatchNorm2d(3, dtype=x.dtype)(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
"""
)
CHANNELS_LAST_CODE = """\
y = nn.BatchNorm2d(3, dtype=x.dtype)(x)
(y - right).abs().max().item()
"""
CHANNELS_LAST_REPAIR = """\
x = x.permute(0, 3, 1, 2)
y = nn.BatchNorm2d(3, dtype=x.dtype)(x).permute(0, 2, 3, 1)
(y - right).abs().max().item()
"""

SWAPPED = (
    NUMPY
    + """\
import torch
from normlib import Spec, data

x = data.digits(Spec("batch", (10, 16, 8, 8)))[{digit}, 10]
x = torch.tensor(x)[None, None]  # n, c, h, w
right = torch.batch_norm(x, *[None] * 4, True, 0, 1e-5, False)
"""
)
SWAPPED_CODE = """\
y = torch.batch_norm(x.swapaxes(2, 3), *[None] * 4, True, 0, 1e-5, False)
(y - right).abs().max().item()
"""
SWAPPED_REPAIR = """\
y = torch.batch_norm(x.swapaxes(2, 3), *[None] * 4, True, 0, 1e-5, False)
(y.swapaxes(2, 3) - right).abs().max().item()
"""

TOKENS = (
    BOTH
    + """\
x = np.random.RandomState({seed}).normal(size={shape})
x = torch.tensor(x * [1, 2, 3, 4] + [0, 5, -5, 1])
right = nn.BatchNorm1d(4, dtype=x.dtype)(x.swapaxes(1, 2)).swapaxes(1, 2)
"""
)
TOKENS_CODE = """\
y = nn.BatchNorm1d(4, dtype=x.dtype)(x)
(y - right).abs().max().item()
"""
TOKENS_REPAIR = """\
y = nn.BatchNorm1d(4, dtype=x.dtype)(x.swapaxes(1, 2)).swapaxes(1, 2)
(y - right).abs().max().item()
"""

COLD = (
    BOTH
    + """\
x = 5 + 2 * torch.tensor(np.random.RandomState({seed}).normal(size=(64, 1)))
"""
)
COLD_CODE = """\
layer = nn.BatchNorm1d(1, dtype=x.dtype)
for _ in range({steps}):
    layer(x)
layer.eval()(x).mean().item()
"""
COLD_REPAIR = """\
layer = nn.BatchNorm1d(1, momentum=None, dtype=x.dtype)  # the average of all batches
layer(x)
layer.eval()(x).mean().item()
"""

MOMENTUM = (
    BOTH
    + """\
batches = torch.tensor(np.random.RandomState({seed}).normal(size=(200, 32, 1)))
layer = nn.BatchNorm1d(1, dtype=batches.dtype)
seen = []
"""
)
MOMENTUM_CODE = """\
layer.momentum = {momentum}
for x in batches:
    layer(x)
    seen.append(layer.running_mean.item())
float(np.std(seen))
"""

NAN = (
    BOTH
    + """\
x = torch.tensor(np.random.RandomState({seed}).normal(size=(4, 3, 2, 2)))
x[1, 2, 0, 0] = torch.nan
"""
)
NAN_CODE = """\
y = nn.BatchNorm2d(3, dtype=x.dtype)(x)
y.isnan().sum().item()
"""
NAN_REPAIR = """\
y = nn.LayerNorm((3, 2, 2), dtype=x.dtype)(x)
y.isnan().sum().item()
"""

EVALUATED = (
    BOTH
    + """\
batches = torch.tensor(np.random.RandomState({seed}).normal(size=(100, {samples}, 1)))
batches[:, 0] = 1  # the same first sample, each time in other company
layer = nn.BatchNorm1d(1, dtype=batches.dtype)
"""
)
EVALUATED_CODE = """\
answers = torch.stack([layer(x)[0] for x in batches])
answers.std(correction=0).item()
"""
EVALUATED_REPAIR = """\
layer.eval()
answers = torch.stack([layer(x)[0] for x in batches])
answers.std(correction=0).item()
"""
