"""Deformable attention over several feature maps (Zhu et al., "Deformable DETR", 2021).

B images, S pixels of all maps together, M heads, D channels per head, Q queries, L maps, P
points. ``value`` (B, S, M, D), ``value_spatial_shapes`` (L, 2) with height and width,
``sampling_locations`` (B, Q, M, L, P, 2) with x and y from 0 to 1, ``attention_weights``
(B, Q, M, L, P).
"""

import torch
import torch.nn.functional as F

from .precision import full_precision


def ms_deform_attn_forward(
    value: torch.Tensor,
    value_spatial_shapes: torch.Tensor,
    value_level_start_index: torch.Tensor,
    sampling_locations: torch.Tensor,
    attention_weights: torch.Tensor,
    im2col_step: int,
) -> torch.Tensor:
    """Return weighted sums (B, Q, M D) of bilinear samples, which are 0 outside of a map."""
    where = value_spatial_shapes.tolist(), full_precision(sampling_locations)
    output = _attend(full_precision(value), *where, full_precision(attention_weights))
    return output.to(value.dtype)


def ms_deform_attn_backward(
    value: torch.Tensor,
    value_spatial_shapes: torch.Tensor,
    value_level_start_index: torch.Tensor,
    sampling_locations: torch.Tensor,
    attention_weights: torch.Tensor,
    grad_output: torch.Tensor,
    grad_value: torch.Tensor,
    grad_sampling_loc: torch.Tensor,
    grad_attn_weight: torch.Tensor,
    im2col_step: int,
) -> None:
    """Fill the three gradients."""
    with torch.enable_grad():
        values, locations, weights = (
            full_precision(t.detach()).requires_grad_()
            for t in (value, sampling_locations, attention_weights)
        )
        output = _attend(values, value_spatial_shapes.tolist(), locations, weights)
        grad_output = grad_output.to(output.dtype)
        gradients = torch.autograd.grad(output, [values, locations, weights], grad_output)
    for place, gradient in zip(
        (grad_value, grad_sampling_loc, grad_attn_weight), gradients, strict=True
    ):
        place.copy_(gradient)


def _attend(
    value: torch.Tensor,
    shapes: list[list[int]],
    locations: torch.Tensor,
    weights: torch.Tensor,
) -> torch.Tensor:
    batch, _, heads, channels = value.shape
    queries = locations.shape[1]
    maps = value.permute(0, 2, 3, 1).flatten(0, 1)  # (B M, D, S)
    grids = (2 * locations - 1).permute(3, 0, 2, 1, 4, 5).flatten(1, 2)  # (L, B M, Q, P, 2)
    shares = weights.permute(3, 0, 2, 1, 4).flatten(1, 2)  # (L, B M, Q, P)
    output = value.new_zeros((batch * heads, channels, queries))
    start = 0
    for (height, width), grid, share in zip(shapes, grids, shares, strict=True):
        level = maps[:, :, start : start + height * width].unflatten(2, (height, width))
        samples = F.grid_sample(level, grid, align_corners=False)  # (B M, D, Q, P)
        output = output + (samples * share[:, None]).sum(3)
        start += height * width
    return output.view(batch, heads * channels, queries).transpose(1, 2).contiguous()
