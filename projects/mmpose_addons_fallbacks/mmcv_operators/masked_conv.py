"""Convolution at chosen pixels only (MaskedConv2d of Guided Anchoring, Wang et al., 2019).

One image (1, C, H, W); M chosen pixels with rows ``mask_h_idx`` and columns ``mask_w_idx``.
"""

import torch
import torch.nn.functional as F


def masked_im2col_forward(
    im: torch.Tensor,
    mask_h_idx: torch.Tensor,
    mask_w_idx: torch.Tensor,
    col: torch.Tensor,
    kernel_h: int,
    kernel_w: int,
    pad_h: int,
    pad_w: int,
) -> None:
    """Fill ``col`` (C kh kw, M) with the windows that start ``pad`` before the pixels."""
    padded = F.pad(im[0], (pad_w, kernel_w, pad_h, kernel_h))
    rows = mask_h_idx + torch.arange(kernel_h, device=im.device)[:, None]  # (kh, M)
    columns = mask_w_idx + torch.arange(kernel_w, device=im.device)[:, None]  # (kw, M)
    windows = padded[:, rows[:, None], columns[None]]  # (C, kh, kw, M)
    col.copy_(windows.flatten(0, 2))


def masked_col2im_forward(
    col: torch.Tensor,
    mask_h_idx: torch.Tensor,
    mask_w_idx: torch.Tensor,
    im: torch.Tensor,
    height: int,
    width: int,
    channels: int,
) -> None:
    """Write ``col`` (channels, M) to the chosen pixels of ``im`` (1, channels, H, W)."""
    im[0, :, mask_h_idx, mask_w_idx] = col.to(im.dtype)
