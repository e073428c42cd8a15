"""MMPose's estimators from config and checkpoint, without running code that a file may hold."""

import re
import sys
import warnings
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.logging import print_log
from mmengine.model import BaseDataPreprocessor
from mmpose.apis import init_model
from mmpose.models.pose_estimators import TopdownPoseEstimator
from torch import Tensor, nn

from mmpose_addons_runtime.errors import ModelError
from mmpose_addons_runtime.geometry import CropGeometry

from ..checkpoints import CheckpointError, read_checkpoint
from .config_datasets import datasets_in, metainfo_in
from .devices import to_device, torch_device

NO_NAMES = 'Can not load dataset_meta'
"""Beginning of MMPose's warning that it takes the names of COCO."""


def read_config(source: str | Path | Config) -> Config:
    """Read a config of MMEngine.

    Raises:
        ModelError: The file is missing or is no config.
    """
    if isinstance(source, Config):
        return source.copy()
    try:
        return Config.fromfile(source)
    except (OSError, ValueError, SyntaxError, KeyError, ImportError) as error:
        raise ModelError(f'{source} cannot be read as a config: {error}') from None


def load_weights(model: nn.Module, checkpoint: str | Path) -> dict[str, Any]:
    """Fill a model with a checkpoint's weights.

    Returns:
        The checkpoint's meta.

    Raises:
        ModelError: The file cannot be read as tensors, or lacks weights of the model. Weights
            that the model has no use for are named in the log.
    """
    if address := re.match(r'(https?|s3|ftp):/+(.*)', str(checkpoint)):
        raise ModelError(
            f'{address[1]}://{address[2]} is an address; download the file, compare its '
            "checksum with the publisher's, and give its path"
        )
    try:
        state, meta = read_checkpoint(Path(checkpoint))
    except CheckpointError as error:
        raise ModelError(str(error)) from None
    # of training on several GPUs; MMEngine strips it, too
    state = {key.removeprefix('module.'): value for key, value in state.items()}
    own = model.state_dict()
    misfits = [key for key in own if key in state and state[key].shape != own[key].shape]
    if misfits:
        first = misfits[0]
        found, wanted = (tuple(weights[first].shape) for weights in (state, own))
        raise ModelError(
            f'{checkpoint}: {len(misfits)} weights have other shapes than in the config; the '
            f'first is {first}: expected {wanted}, got {found}'
        )
    missing, surplus = model.load_state_dict(state, strict=False)
    missing = [key for key in missing if not key.endswith('num_batches_tracked')]
    if missing:
        raise ModelError(
            f'{checkpoint} lacks {len(missing)} weights of the config, such as {missing[:3]}; '
            f'it has others, such as {surplus[:3]}'
        )
    if surplus:
        print_log(f'{checkpoint}: {len(surplus)} weights are not used, such as {surplus[:3]}')
    return meta


def load_pose_model(
    config: str | Path | Config, checkpoint: str | Path | None, device: str | torch.device
) -> TopdownPoseEstimator:
    """Load a top-down estimator in eval mode, with ``cfg`` and ``dataset_meta`` set.

    Names of keypoints are those of the checkpoint, else those of the config's data sets. If
    neither has any, a warning says that they are those of COCO.

    Args:
        config: Of MMPose.
        checkpoint: Of MMEngine's runner or of ``convert_checkpoint``; None for random weights.
        device: Where to.

    Raises:
        ModelError: Config, checkpoint or device are not usable.
    """
    device = torch_device(device)
    config = read_config(config)
    name = config.filename or 'the config'
    if 'model' not in config:
        raise ModelError(f'{name} has no model')
    with warnings.catch_warnings(record=True) as caught:
        try:
            model = init_model(config, None, device='cpu')
        except KeyError as error:  # a class that no registry has
            raise ModelError(f'{name}: {error.args[0]}') from None
    if not isinstance(model, TopdownPoseEstimator):
        raise ModelError(f'{type(model).__name__} is not a top-down estimator')
    meta = {} if checkpoint is None else load_weights(model, checkpoint)
    named = meta.get('dataset_meta') or metainfo_in(config)
    for one in caught:
        # MMPose looks for names in the outermost data set of training only
        if not str(one.message).startswith(NO_NAMES):
            known = globals().setdefault('__warningregistry__', {})
            warnings.warn_explicit(
                one.message,
                one.category,
                one.filename,
                one.lineno,
                module=_module_of(one.filename),
                registry=known,
            )
    if named is None:
        warnings.warn(
            f'neither {checkpoint} nor the config names the keypoints: those of COCO are taken',
            stacklevel=2,
        )
    model.dataset_meta = named or model.dataset_meta
    return to_device(model, device).eval()


def _module_of(file: str) -> str | None:
    """Return the name of the module of a file, by which filters of warnings know it."""
    loaded = [
        (name, getattr(module, '__file__', None)) for name, module in [*sys.modules.items()]
    ]
    return next((name for name, path in loaded if path == file), None)


def geometry_of(config: Config) -> CropGeometry:
    """Read size and kind of the crops from a pipeline of the config.

    That of the test comes first, then those of validation and training: a network that was
    adapted without labels has no test.

    Raises:
        ModelError: No pipeline holds ``TopdownAffine``.
    """
    pipelines = [
        {step['type']: step for step in pipeline}
        for dataset in datasets_in(config)
        for name in ('label_pipeline', 'pipeline')  # without augmentation first
        if (pipeline := dataset.get(name))
    ]
    for steps in pipelines:
        if 'TopdownAffine' in steps:
            affine = steps['TopdownAffine']
            centre = steps.get('GetBBoxCenterScale') or steps.get('GetImageCenterScale', {})
            return CropGeometry(
                input_size=tuple(affine['input_size']),
                padding=centre.get('padding', 1.25),
                use_udp=affine.get('use_udp', False),
            )
    found = [*pipelines[0]] if pipelines else 'no pipeline'
    raise ModelError(f'a top-down pipeline with TopdownAffine is needed, got {found}')


class Normalise(nn.Module):
    """From crops (B, h, w, 3), BGR 0 to 255, to what the network was trained on.

    Args:
        preprocessor: The model's ``data_preprocessor``.
        input_size: (w, h) of the crops, px; None for any size.

    Raises:
        ModelError: It would pad crops of this size.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, preprocessor: BaseDataPreprocessor, input_size: tuple[int, int] | None = None
    ) -> None:
        super().__init__()
        divisor = getattr(preprocessor, 'pad_size_divisor', 1)
        if any(size % divisor for size in input_size or (1,)):
            raise ModelError(
                'a data preprocessor that pads is not supported, got pad_size_divisor '
                f'{divisor} for an input of {input_size or "any"} px'
            )
        self.swap = getattr(preprocessor, '_channel_conversion', False)
        mean, std = getattr(preprocessor, 'mean', None), getattr(preprocessor, 'std', None)
        self.register_buffer('mean', torch.zeros(3, 1, 1) if mean is None else mean.clone())
        self.register_buffer('std', torch.ones(3, 1, 1) if std is None else std.clone())

    def forward(self, crops: Tensor) -> Tensor:
        """Normalise crops: (B, 3, h, w) in the type of the mean, channels last in memory."""
        images = crops.permute(0, 3, 1, 2).to(self.mean.dtype)
        if self.swap:
            images = images.flip(1)
        return (images - self.mean) / self.std
