"""Metadata of a network that predicts keypoints, also stored in ONNX files.

Shape letters: K keypoints.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mmpose_addons_core.onnx_files.kinds import POSE, read_metadata, unusable
from mmpose_addons_core.setting_checks import check_counts, checked_names
from mmpose_addons_core.version import __version__

from .errors import ModelError
from .geometry import CropGeometry


@dataclass(frozen=True)
class KeypointMetadata:
    """The keypoints of a network, as plain numbers and strings.

    Attributes:
        names: K names.
        skeleton: Pairs of keypoint indices, from 0.
        flip_indices: For each of the K keypoints the index of its mirror image.
        sigmas: K, of OKS; some data sets of MMPose have none.

    Raises:
        ValueError: They do not fit together.
    """

    names: tuple[str, ...]
    skeleton: tuple[tuple[int, int], ...]
    flip_indices: tuple[int, ...]
    sigmas: tuple[float, ...]

    def __post_init__(self) -> None:
        checked_names('names', self.names)
        count = len(self.names)
        check_counts(1, number_of_names=count)
        if len(self.flip_indices) != count or not self._known(self.flip_indices):
            raise ModelError(
                f'flip_indices must be {count} indices of keypoints, got {self.flip_indices!r}'
            )
        if not all(self._known(link) for link in self.skeleton):
            raise ModelError(f'skeleton must link {count} keypoints, got {self.skeleton!r}')
        if len(self.sigmas) not in (0, count):
            raise ModelError(f'sigmas must be {count} numbers or none, got {len(self.sigmas)}')

    def _known(self, indices: Sequence[int]) -> bool:
        return all(index in range(len(self.names)) for index in indices)

    @classmethod
    def of_dataset(cls, meta: dict[str, Any]) -> 'KeypointMetadata':
        """Read a ``dataset_meta`` of MMPose."""
        names = meta['keypoint_id2name']
        return cls(
            names=tuple(names[index] for index in range(len(names))),
            skeleton=tuple((int(a), int(b)) for a, b in meta['skeleton_links']),
            flip_indices=tuple(int(index) for index in meta['flip_indices']),
            sigmas=tuple(np.asarray(meta['sigmas'], float).tolist()),
        )


@dataclass(frozen=True)
class NetworkMetadata:
    """Input and output of an exported network.

    Attributes:
        keypoints: Its keypoints.
        geometry: Size and kind of its crops.
        batch_size: Number of crops in a batch; None for any number.
        decoded: True if the output is keypoints, False if it is the output of the head.

    Raises:
        ValueError: The batch size is not positive.
    """

    keypoints: KeypointMetadata
    geometry: CropGeometry
    batch_size: int | None
    decoded: bool

    def __post_init__(self) -> None:
        if self.batch_size is not None:
            check_counts(1, batch_size=self.batch_size)

    def to_json(self) -> str:
        """Write for the metadata of a file."""
        about = dict(kind=POSE, version=__version__, decode=self.decoded)
        about |= asdict(self.geometry)
        about |= dict(batch_size=self.batch_size, meta=asdict(self.keypoints))
        return json.dumps(about)

    @classmethod
    def from_json(cls, text: str) -> 'NetworkMetadata':
        """Read the text of :meth:`to_json`.

        Raises:
            ValueError: The text is something else, or describes another kind of network.
        """
        about = read_metadata(text, POSE)
        try:
            meta = about['meta']
            return cls(
                keypoints=KeypointMetadata(
                    names=checked_names('names', meta['names']),
                    skeleton=tuple((a, b) for a, b in meta['skeleton']),
                    flip_indices=tuple(meta['flip_indices']),
                    sigmas=tuple(meta['sigmas']),
                ),
                geometry=CropGeometry(
                    tuple(about['input_size']), about['padding'], about['use_udp']
                ),
                batch_size=about['batch_size'],
                decoded=about['decode'],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise unusable('a pose network', text, error) from error
