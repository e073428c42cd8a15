"""Checks of pseudo-labels against errors on which all views of an image agree.

Shape letters: N samples, K keypoints, G limbs. Coordinates are (x, y) in image px; boxes are
x, y, w, h.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..setting_checks import check_counts, check_numbers, checked_names
from .heading import facing, track_heading
from .limb_pairs import paired_limbs, sides_apart
from .plausibility import corrected, exchanged
from .pose_prior import PosePrior
from .track_sides import track_swaps

Tracks = Sequence[Sequence[int]]


@dataclass(frozen=True)
class CheckedLabels:
    """Pseudo-labels after the checks.

    Attributes:
        keypoints: (N, K, 2), with exchanged sides.
        confidence: (N, K), exchanged with them.
        good: (N, K), bool, joints with which nothing is wrong.
        swaps: (N, G), bool, limbs that changed sides.
        reasons: By check, how many joints it left out; ``'swapped'``: how many changed sides.
    """

    keypoints: np.ndarray
    confidence: np.ndarray
    good: np.ndarray
    swaps: np.ndarray
    reasons: dict[str, int]


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Refuse arguments of :class:`LabelChecks` that make no sense, before there are poses.

    Args:
        arguments: As in a config: ``head`` and ``tail`` are names, ``prior`` is not looked at.

    Raises:
        TypeError: There is no argument of this name.
        ValueError: A value makes no sense.
    """
    settings = {name: value for name, value in arguments.items() if name != 'prior'}
    for part in ('head', 'tail'):
        checked_names(part, settings.get(part, ()))
    LabelChecks(flip_indices=(), skeleton=(), **settings)


@dataclass(frozen=True)
class LabelChecks:
    """Correct or leave out labels, in this order; each check can be off.

    1. ``track``: limbs of a track keep their sides (:func:`track_swaps`).
    2. ``swap`` and ``drop``: the source's poses say which sides are plausible, and which
       joints are not (:func:`corrected`). Need a prior.
    3. ``head`` and ``tail``: a frame that heads against its track is left out
       (:func:`track_heading`).
    4. ``together``: both joints of a pair are left out where they lie together
       (:func:`sides_apart`).

    By default only implausible joints are left out (``drop``): of the checks, it alone made
    pseudo-labels better where they were compared (docs/domain_gap.md).

    Args:
        flip_indices: For each keypoint its mirror image's index.
        skeleton: Pairs of connected keypoints, from 0.
        prior: Of the source's poses; None switches ``swap`` and ``drop`` off.
        track: Whether limbs keep their sides in a track.
        swap: See ``swap_margin`` of :func:`corrected`; None: off.
        drop: See ``drop_margin`` of :func:`corrected`; None: off.
        most: See :func:`corrected`.
        together: As a share of the box's longer side, 0.04 for example; None: off.
        head: Keypoints of the head.
        tail: Keypoints of the rear; with neither, headings are not checked.

    Raises:
        ValueError: If a margin is negative, ``most`` is below 1, or head and tail do not fit.
    """

    flip_indices: Sequence[int]
    skeleton: Sequence[Sequence[int]]
    prior: PosePrior | None = None
    track: bool = False
    swap: float | None = None
    drop: float | None = 3.0
    together: float | None = None
    most: int = 20
    head: Sequence[int] = ()
    tail: Sequence[int] = ()
    limbs: Sequence[Sequence[tuple[int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        margins = dict(swap=self.swap, drop=self.drop, together=self.together)
        given = {name: margin for name, margin in margins.items() if margin is not None}
        check_numbers(**given)
        if min(given.values(), default=0) < 0:
            raise ValueError(f'swap, drop and together must not be negative, got {margins}')
        check_counts(1, most=self.most)
        if bool(self.head) != bool(self.tail) or {*self.head} & {*self.tail}:
            raise ValueError(
                'head and tail must both name keypoints, and different ones, or none, got '
                f'{[*self.head]} and {[*self.tail]}'
            )
        limbs = paired_limbs(self.flip_indices, self.skeleton)
        object.__setattr__(self, 'limbs', limbs)

    def apply(
        self,
        keypoints: np.ndarray,
        confidence: np.ndarray,
        shown: np.ndarray,
        boxes: np.ndarray,
        tracks: Tracks = (),
    ) -> CheckedLabels:
        """Check the labels of a target set, or of a batch.

        Args:
            keypoints: (N, K, 2).
            confidence: (N, K).
            shown: (N, K), bool, which joints have a label at all.
            boxes: (N, 4).
            tracks: Samples of each track in temporal order; without them no check of tracks.
        """
        swaps = np.zeros((len(keypoints), len(self.limbs)), bool)
        if self.track:
            swaps = self._track_swaps(keypoints, confidence, shown, boxes, tracks)
        points, surety, good = (
            exchanged(values, swaps, self.limbs) for values in (keypoints, confidence, shown)
        )
        reasons: dict[str, int] = {}

        def leave_out(reason: str, wanted: np.ndarray) -> np.ndarray:
            reasons[reason] = int((good & ~wanted).sum())
            return good & wanted

        if self.prior is not None and (self.swap is not None or self.drop is not None):
            found = corrected(
                self.prior,
                points,
                good,
                boxes,
                self.limbs,
                swap_margin=np.inf if self.swap is None else self.swap,
                drop_margin=np.inf if self.drop is None else self.drop,
                most=self.most,
            )
            points, surety, good = (
                exchanged(values, found.swaps, self.limbs) for values in (points, surety, good)
            )
            swaps = swaps ^ found.swaps
            good = leave_out('implausible', found.plausible)
        if self.head and self.tail:
            headed = self._headed(points, surety * good, boxes, tracks)
            good = leave_out('turned against the track', headed[:, None])
        if self.together is not None:
            apart = sides_apart(points, good, boxes, self.flip_indices, self.together)
            good = leave_out('both sides at one place', apart)
        moved = swaps @ np.array([2 * len(limb) for limb in self.limbs], int)
        return CheckedLabels(
            points, surety, good, swaps, dict(reasons, swapped=int(moved.sum()))
        )

    def _track_swaps(
        self,
        keypoints: np.ndarray,
        confidence: np.ndarray,
        shown: np.ndarray,
        boxes: np.ndarray,
        tracks: Tracks,
    ) -> np.ndarray:
        swaps = np.zeros((len(keypoints), len(self.limbs)), bool)
        for track in tracks:
            if len(track) > 1:
                size = float(np.median(boxes[track, 2:].max(1)))
                swaps[track] = track_swaps(
                    keypoints[track], shown[track], confidence[track], size, self.limbs
                )
        return swaps

    def _headed(
        self, keypoints: np.ndarray, weights: np.ndarray, boxes: np.ndarray, tracks: Tracks
    ) -> np.ndarray:
        """Return (N,), bool: False for frames that head against their track."""
        headed = np.ones(len(keypoints), bool)
        for track in tracks:
            if len(track) > 1:
                way = facing(keypoints[track], weights[track], self.head, self.tail)
                vote = weights[track].mean(1)
                headed[track] = way * track_heading(way, vote, boxes[track]) >= 0
        return headed
