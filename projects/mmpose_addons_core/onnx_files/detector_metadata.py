"""Metadata of an exported detector. The package's docstring describes inputs and outputs."""

import json
from dataclasses import asdict, dataclass

from ..setting_checks import check_counts, check_numbers, check_size, checked_names
from ..version import __version__
from .kinds import DETECTOR, read_metadata, unusable


@dataclass(frozen=True)
class DetectorMetadata:
    """A detector in an ONNX file.

    Attributes:
        classes: Names of the classes, by label.
        input_size: (w, h) to which the file itself scales and pads each image, px.
        score_threshold: Boxes with a lower score are not in the output.
        nms_threshold: Of two boxes of a class that overlap by a higher IoU only the better one
            is in the output.
        max_boxes: Largest number of boxes an image; None for any number.
        batch_size: Number of images in a batch; None for any number.
        precision: ``'float32'``, ``'float16'`` or ``'int8'``, of the network in the file.
        architecture: Class of the detector in MMDet.
        version: Of this package, which wrote the file.

    Raises:
        ValueError: A size or number is not possible, or there is no class.
    """

    classes: tuple[str, ...]
    input_size: tuple[int, int]
    score_threshold: float
    nms_threshold: float
    max_boxes: int | None = None
    batch_size: int | None = 1
    precision: str = 'float32'
    architecture: str = ''
    version: str = __version__

    def __post_init__(self) -> None:
        check_counts(1, number_of_classes=len(self.classes))
        check_size('input_size', self.input_size)
        check_numbers(score_threshold=self.score_threshold, nms_threshold=self.nms_threshold)
        if self.batch_size is not None:
            check_counts(1, batch_size=self.batch_size)

    def to_json(self) -> str:
        """Write for the metadata of a file."""
        return json.dumps(dict(kind=DETECTOR, **asdict(self)))

    @classmethod
    def from_json(cls, text: str) -> 'DetectorMetadata':
        """Read the text of :meth:`to_json`.

        Raises:
            ValueError: The text is something else, or describes another kind of network.
        """
        about = read_metadata(text, DETECTOR)
        try:
            width, height = about['input_size']
            limit, batch = about['max_boxes'], about['batch_size']
            return cls(
                classes=tuple(map(str, checked_names('classes', about['classes']))),
                input_size=(int(width), int(height)),
                score_threshold=float(about['score_threshold']),
                nms_threshold=float(about['nms_threshold']),
                max_boxes=None if limit is None else int(limit),
                batch_size=None if batch is None else int(batch),
                precision=str(about['precision']),
                architecture=str(about['architecture']),
                version=str(about['version']),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise unusable('a detector', text, error) from error
