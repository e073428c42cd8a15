"""PPLO: self-paced pseudo-labels of an unseen species (arXiv 1908.05806).

Shape letters: N target samples, K keypoints.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from mmpose.registry import HOOKS

from mmpose_addons_core.adaptation.self_paced import SelfPaced, surer_labels
from mmpose_addons_core.setting_checks import NO_SETTINGS

from .ccssl_hook import CCSSLHook

RENEWALS = ('new', 'surer')


@HOOKS.register_module()
class PPLOHook(CCSSLHook):
    """CC-SSL's rounds of labelling with PPLO's choice of labels.

    The first round keeps the surest tenth, each further one more. An uncertain joint has the
    weight 0. Files, log, resume and several processes are as for ``CCSSLHook``. For a domain
    discriminator, give the target ``draw_all=True``.

    Args:
        interval: Number of epochs between rounds.
        pace: Arguments of ``SelfPaced``.
        renewal: ``'new'``: each round replaces all labels; ``'surer'``: a joint keeps its
            label until a round has one with a higher confidence. This can keep confident
            mistakes.
        views: Arguments of ``ViewSampler``; None: one view of each image, as it is.
        flow: Arguments of ``Flow``; None: off.
        kwargs: Of ``CCSSLHook``, without ``curriculum``.

    Raises:
        ValueError: If an argument makes no sense.
    """

    def __init__(
        self,
        interval: int = 10,
        pace: Mapping[str, Any] = NO_SETTINGS,
        renewal: str = 'new',
        views: Mapping[str, Any] | None = None,
        flow: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if renewal not in RENEWALS:
            raise ValueError(f'renewal must be one of {RENEWALS}, got {renewal!r}')
        super().__init__(interval, views=views, flow=flow, curriculum=None, **kwargs)
        self.pace = SelfPaced(**pace)
        self.renewal = renewal

    def _merge(self, found: dict[str, np.ndarray]) -> None:
        if self.renewal == 'surer' and self.labels is not None:
            old = self.labels
            found['keypoints'], found['confidence'], found['origin'] = surer_labels(
                (old.keypoints, old.confidence, old.origin),
                (found['keypoints'], found['confidence'], found['origin']),
            )
            found['found'] = found['found'] | old.found

    def _chosen(
        self, found: dict[str, np.ndarray], epoch: int, epochs: int
    ) -> tuple[np.ndarray, np.ndarray]:
        return self.pace.chosen(found['confidence'], found['found'], epoch // self.interval)
