"""MMCV's operators by torchvision and plain PyTorch, for an MMCV without compiled ones.

MMCV imports its compiled operators as ``mmcv._ext`` and looks them up by name. This package
is loaded under that name when no compiled module is installed. Arguments, their order and the
tensors that a call fills in place are those of MMCV's extension. Values and gradients agree
with the compiled operators to 1e-5 in float32.

Operators of MMDetection's common detectors and of MMPose's models exist. Any other name gives
a function that raises :class:`CompiledOperatorNeeded` when it is called, so that ``mmcv.ops``
imports completely. Half precision is computed in float32 and rounded at the end.

The modules import each other relatively, because they are loaded as ``mmcv._ext.boxes`` etc.
"""

from collections.abc import Callable
from typing import NoReturn

from .attention import ms_deform_attn_backward, ms_deform_attn_forward
from .boxes import bbox_overlaps, nms, nms_match, softnms
from .deformable import (
    deform_conv_backward_input,
    deform_conv_backward_parameters,
    deform_conv_forward,
    modulated_deform_conv_backward,
    modulated_deform_conv_forward,
)
from .errors import CompiledOperatorNeeded
from .focal_loss import (
    sigmoid_focal_loss_backward,
    sigmoid_focal_loss_forward,
    softmax_focal_loss_backward,
    softmax_focal_loss_forward,
)
from .masked_conv import masked_col2im_forward, masked_im2col_forward
from .pooling import (
    roi_align_backward,
    roi_align_forward,
    roi_pool_backward,
    roi_pool_forward,
)
from .sync_batch_norm import (
    sync_bn_backward_data,
    sync_bn_backward_param,
    sync_bn_forward_mean,
    sync_bn_forward_output,
    sync_bn_forward_var,
)
from .upsampling import (
    carafe_backward,
    carafe_forward,
    carafe_naive_backward,
    carafe_naive_forward,
)

__all__ = [
    'CompiledOperatorNeeded',
    'bbox_overlaps',
    'carafe_backward',
    'carafe_forward',
    'carafe_naive_backward',
    'carafe_naive_forward',
    'deform_conv_backward_input',
    'deform_conv_backward_parameters',
    'deform_conv_forward',
    'get_compiler_version',
    'get_compiling_cuda_version',
    'masked_col2im_forward',
    'masked_im2col_forward',
    'modulated_deform_conv_backward',
    'modulated_deform_conv_forward',
    'ms_deform_attn_backward',
    'ms_deform_attn_forward',
    'nms',
    'nms_match',
    'roi_align_backward',
    'roi_align_forward',
    'roi_pool_backward',
    'roi_pool_forward',
    'sigmoid_focal_loss_backward',
    'sigmoid_focal_loss_forward',
    'softmax_focal_loss_backward',
    'softmax_focal_loss_forward',
    'softnms',
    'sync_bn_backward_data',
    'sync_bn_backward_param',
    'sync_bn_forward_mean',
    'sync_bn_forward_output',
    'sync_bn_forward_var',
]


def get_compiler_version() -> str:
    """Return the compiler of MMCV that reports of the environment print."""
    import torchvision

    return f'not compiled (operators of torchvision {torchvision.__version__} and PyTorch)'


def get_compiling_cuda_version() -> str:
    """Return the CUDA version of MMCV's operators that reports of the environment print."""
    return get_compiler_version()


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return a function that raises when it is called, for an operator without replacement."""
    if name.startswith(('_', 'pytest')):  # pytest asks every module for its own names
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')

    def missing(*args: object, **kwargs: object) -> NoReturn:
        raise CompiledOperatorNeeded(name)

    missing.__name__ = missing.__qualname__ = name
    return missing
