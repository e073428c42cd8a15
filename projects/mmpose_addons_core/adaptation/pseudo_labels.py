"""Pseudo-labels in memory, in an npz file and as COCO keypoints.

Shape letters: N samples, K keypoints. Coordinates are (x, y) in image px.
"""

import json
import zipfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..keypoints.sides import mirror_pairs

VIEWS, FLOW = 0, 1
"""Where a label comes from: the agreement of views, or optical flow."""


class PseudoLabelError(ValueError):
    """A file cannot be read as pseudo-labels, or arrays do not fit together."""


@dataclass(frozen=True)
class PseudoLabels:
    """Labels of one round.

    Attributes:
        sample_id: (N,), int64; the annotations' ids.
        image_id: (N,), int64.
        file_name: (N,), str.
        bbox: (N, 4), x, y, w, h, image px.
        keypoints: (N, K, 2), float32, image px.
        confidence: (N, K), float32.
        kept: (N, K), bool; confident enough to train with.
        origin: (N, K), uint8; :data:`VIEWS` or :data:`FLOW`.
        found: (N,), bool; False for samples whose image could not be read.
        threshold: (K,), float64; kept joints have a confidence above it.
        epoch: (), int64; the labels were made before this epoch.
        names: (K,), str, of the keypoints.
        skeleton: (L, 2), int64, pairs of keypoints, from 0.
        flip_indices: (K,), int64, for each keypoint its mirror image's index; by the names if
            it is not given, as in older files.
    """

    sample_id: np.ndarray
    image_id: np.ndarray
    file_name: np.ndarray
    bbox: np.ndarray
    keypoints: np.ndarray
    confidence: np.ndarray
    kept: np.ndarray
    origin: np.ndarray
    found: np.ndarray
    threshold: np.ndarray
    epoch: np.ndarray
    names: np.ndarray
    skeleton: np.ndarray
    flip_indices: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        count, joints = self.confidence.shape
        if not len(self.flip_indices):
            object.__setattr__(self, 'flip_indices', _mirrored(self.names.tolist()))
        expected = dict(
            sample_id=(count,),
            image_id=(count,),
            file_name=(count,),
            bbox=(count, 4),
            keypoints=(count, joints, 2),
            kept=(count, joints),
            origin=(count, joints),
            found=(count,),
            threshold=(joints,),
            names=(joints,),
            flip_indices=(joints,),
        )
        for name, shape in expected.items():
            given = getattr(self, name).shape
            if given != shape:
                raise PseudoLabelError(f'{name} must have the shape {shape}, got {given}')

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the attributes by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def write_npz(self, file: Path) -> None:
        """Write all arrays; :func:`read_npz` and ``numpy.load`` read them."""
        with open(file, 'wb') as stream:
            np.savez_compressed(stream, **self.arrays())  # type: ignore[arg-type]

    def write_coco(self, file: Path) -> None:
        """Write :meth:`coco` as JSON."""
        file.write_text(json.dumps(self.coco()), encoding='utf-8')

    def coco(self) -> dict[str, Any]:
        """Return the labels as a dictionary in COCO's keypoint format.

        Kept joints have the visibility 2, the others 1; images that could not be read are
        left out. Each annotation also has ``confidence`` and ``from_flow``, K values each.
        """
        images = {
            int(number): dict(id=int(number), file_name=str(name))
            for number, name in zip(self.image_id, self.file_name, strict=True)
        }
        annotations = []
        for i in np.flatnonzero(self.found):
            flags = 1 + self.kept[i, :, None]
            values = np.concatenate((self.keypoints[i].round(2), flags), 1)
            annotations.append(
                dict(
                    id=int(self.sample_id[i]),
                    image_id=int(self.image_id[i]),
                    category_id=1,
                    bbox=[round(float(v), 2) for v in self.bbox[i]],
                    area=round(float(self.bbox[i, 2] * self.bbox[i, 3]), 2),
                    iscrowd=0,
                    num_keypoints=int(self.kept[i].sum()),
                    keypoints=[round(float(v), 2) for v in values.ravel()],
                    confidence=[round(float(v), 4) for v in self.confidence[i]],
                    from_flow=(self.origin[i] == FLOW).tolist(),
                )
            )
        category = dict(
            id=1,
            name='target',
            keypoints=self.names.tolist(),
            skeleton=(self.skeleton + 1).tolist(),
        )
        return dict(
            info=dict(epoch=int(self.epoch), threshold=self.threshold.tolist()),
            images=list(images.values()),
            annotations=annotations,
            categories=[category],
        )


def _mirrored(names: list[str]) -> np.ndarray:
    """Return the indices of mirror images, by names such as left_eye and right_eye."""
    indices = np.arange(len(names))
    for left, right in mirror_pairs(names):
        indices[[left, right]] = right, left
    return indices


def read_npz(file: Path) -> PseudoLabels:
    """Read what :meth:`PseudoLabels.write_npz` wrote.

    Raises:
        PseudoLabelError: If the file is missing, broken or holds something else.
    """
    if not zipfile.is_zipfile(file):
        raise PseudoLabelError(
            f'{file} cannot be read as pseudo-labels: expected a file epoch_<e>.npz of a round'
        )
    wanted = [field.name for field in fields(PseudoLabels)]
    try:
        with np.load(file, allow_pickle=False) as content:
            missing = sorted(set(wanted) - set(content.files) - {'flip_indices'})
            if missing:
                raise PseudoLabelError(f'{file}: the arrays {missing} are missing')
            return PseudoLabels(**{name: content[name] for name in wanted if name in content})
    except PseudoLabelError:
        raise
    except Exception as error:
        raise PseudoLabelError(f'{file} cannot be read as pseudo-labels: {error}') from None
