"""What is compared: an arm is a network with a loss, and perhaps a change to the training."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

WING = Path(__file__).resolve().parents[3] / 'configs/face_2d_keypoint/wing'
LANDMARKS = 68
RATES = (5e-4, 2e-3, 8e-3)
"""Learning rates that every tuned arm tries; more follow where the best is at an end."""
RATE_STEP = 4
RATE_LIMITS = 1e-4, 4e-2

CONFIGS = {
    'mobilenetv2-96': '300w/td-reg_mobilenetv2_pixelwing-8xb64-210e_300w-96x96.py',
    'mobilenetv2-128': '300w/td-reg_mobilenetv2_pixelwing-8xb64-210e_300w-128x128.py',
    'shufflenetv2-96': '300w/td-reg_shufflenetv2_pixelwing-8xb64-210e_300w-96x96.py',
    'shufflenetv2-128': '300w/td-reg_shufflenetv2_pixelwing-8xb64-210e_300w-128x128.py',
    'shufflenetv2-96+heatmaps': '300w/td-reg_shufflenetv2_pixelwing-heatmap-8xb64-210e_300w-'
    '96x96.py',
    'mobilenetv2-128+heatmaps': '300w/td-reg_mobilenetv2_pixelwing-heatmap-8xb64-210e_300w-'
    '128x128.py',
    'lpn50-dark-128': 'toy/td-hm_lpn-50_dark-1xb16-8e_toy-faces-64x64.py',
}
REGRESSION = ('MSE', 'L1', 'smooth L1', 'smooth L1 in px', 'Wing', 'PixelWing')
HEATMAP = ('MSE', 'AdaptiveWing')
MAIN = 'shufflenetv2-96'
"""The network of the ablations: the quickest."""


@dataclass(frozen=True)
class Arm:
    """One setting, compared over several seeds.

    Args:
        network: A key of :data:`CONFIGS`.
        loss: Of the landmarks, or of the heatmaps of a heatmap network.
        group: 'main' or the name of an ablation.
        options: Arguments of the loss, such as omega.
        branch: Loss of the heatmap branch that exists in training only.
        first: Loss for the first half of the steps, instead of `loss`.
        balanced: Pose-based data balancing.
        mean_start: The bias of the last layer starts at the mean face, not at 0.
        length: Share of the steps.
        tuned_by: Name of the arm whose learning rate is taken; None: its own is tuned.
    """

    network: str
    loss: str
    group: str = 'main'
    options: tuple[tuple[str, float], ...] = ()
    branch: str | None = None
    first: str | None = None
    balanced: bool = False
    mean_start: bool = False
    length: float = 1.0
    tuned_by: str | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """Unique, also as a folder's name."""
        parts = [self.network, self.loss]
        parts += [f'{key}={value:g}' for key, value in self.options]
        parts += [f'branch {self.branch}'] if self.branch not in (None, 'MSE') else []
        parts += [f'after {self.first}'] if self.first else []
        parts += ['balanced'] if self.balanced else []
        parts += ['mean start'] if self.mean_start else []
        parts += [f'{self.length:g} of the steps'] if self.length != 1 else []
        return ', '.join(parts)

    @property
    def rate_from(self) -> str:
        """Name of the arm whose runs tune the learning rate."""
        return self.tuned_by or self.name


def all_arms() -> dict[str, Arm]:
    """Return the arms by name; those that matter most come first."""
    arms = []
    for network in (MAIN, 'mobilenetv2-96'):
        arms += [Arm(network, loss) for loss in REGRESSION]
    for network in ('shufflenetv2-96+heatmaps', 'mobilenetv2-128+heatmaps'):
        arms += [Arm(network, loss, branch='MSE') for loss in REGRESSION]
    arms += [Arm(network, 'L1', branch='AdaptiveWing')]
    # a loss whose gradient is that of L1 at 1 px, so that the branch weighs as much beside it
    balanced = Arm('shufflenetv2-96+heatmaps', 'PixelWing', branch='MSE')
    arms += [replace(balanced, options=(('loss_weight', 0.003),), tuned_by=balanced.name)]
    arms += [Arm('lpn50-dark-128', loss) for loss in HEATMAP]
    for family in ('shufflenetv2', 'mobilenetv2'):
        arms += [
            Arm(f'{family}-128', loss, tuned_by=Arm(f'{family}-96', loss).name)
            for loss in REGRESSION
        ]
    base = Arm(MAIN, 'PixelWing').name
    ablation: dict[str, Any] = dict(tuned_by=base)
    for key, values in dict(omega=(2, 5, 20, 40), epsilon=(0.5, 5, 20)).items():
        arms += [Arm(MAIN, 'PixelWing', key, ((key, value),), **ablation) for value in values]
    arms += [
        Arm(MAIN, 'PixelWing', 'change', first=first, **ablation)
        for first in ('L1', 'L1 in px')
    ]
    arms += [
        Arm(MAIN, loss, 'start', mean_start=True, tuned_by=Arm(MAIN, loss).name)
        for loss in ('MSE', 'L1', 'PixelWing')
    ]
    arms += [
        Arm(MAIN, loss, 'balance', balanced=True, tuned_by=Arm(MAIN, loss).name)
        for loss in ('L1', 'PixelWing')
    ]
    arms += [
        Arm(MAIN, loss, 'short', length=0.25) for loss in ('MSE', 'L1', 'Wing', 'PixelWing')
    ]
    return {arm.name: arm for arm in arms}


def network_config(network: str) -> Config:
    """Return the config of a network for 68 landmarks, trained from scratch.

    Raises:
        ValueError: If the network is unknown.
    """
    if network not in CONFIGS:
        raise ValueError(f'network must be one of {[*CONFIGS]}, got {network!r}')
    config = Config.fromfile(WING / CONFIGS[network])
    if network.startswith('lpn50'):
        codec = dict(config.codec, input_size=(128, 128), heatmap_size=(32, 32), sigma=2)
        head = dict(out_channels=LANDMARKS, decoder=dict(_delete_=True, **codec))
        config.merge_from_dict(dict(codec=codec, model=dict(head=head)))
    config.model.backbone.pop('init_cfg', None)
    return config


def loss_config(loss: str, size: tuple[int, int], heatmaps: bool, **options: float) -> dict:
    """Return MMPose's config of a loss; 'smooth L1 in px' is not MMPose's, type None.

    Args:
        loss: Its name in an arm.
        size: (w, h) of the network's input, px.
        heatmaps: A loss of heatmaps, not of landmarks.
        options: Further arguments.

    Raises:
        ValueError: If the loss is unknown.
    """
    heatmap = {
        'MSE': dict(type='KeypointMSELoss', loss_weight=1000.0),
        'AdaptiveWing': dict(type='AdaptiveWingLoss', loss_weight=1.0),
    }
    landmarks = {
        'MSE': dict(type='MSELoss'),
        'L1': dict(type='L1Loss'),
        'L1 in px': dict(type='L1Loss', loss_weight=float(size[0])),
        'smooth L1': dict(type='SmoothL1Loss'),
        'smooth L1 in px': dict(type=None, beta=1 / size[0]),
        'Wing': dict(type='WingLoss'),
        'PixelWing': dict(type='PixelWingLoss', input_size=size),
    }
    known = heatmap if heatmaps else landmarks
    if loss not in known:
        raise ValueError(f'loss must be one of {[*known]}, got {loss!r}')
    return dict(known[loss], use_target_weight=True, **options)


def model_config(arm: Arm) -> tuple[ConfigDict, dict]:
    """Return the model of an arm, and the codec of its heatmaps, empty where it has none."""
    config = network_config(arm.network)
    model, codec = config.model, dict(config.codec)
    size = tuple(codec['input_size'])
    heatmaps = codec['type'] == 'DARKHeatmap'
    if arm.loss != 'smooth L1 in px':
        model.head.loss = loss_config(arm.loss, size, heatmaps, **dict(arm.options))
    if arm.branch == 'AdaptiveWing':
        model.head.auxiliary.loss = loss_config(arm.branch, size, True)
    if heatmaps:
        return model, codec
    return model, dict(codec['heatmap'], input_size=size) if 'heatmap' in codec else {}
