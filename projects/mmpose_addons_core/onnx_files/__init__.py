"""What this project's ONNX files take, return and say about themselves. No PyTorch here.

Each file has one JSON text in its ``metadata_props``, under the key :data:`METADATA`. Its field
``kind`` is ``'pose'`` or ``'detector'``; :func:`kind_of` reads it. Files that were written
before this field existed are pose networks.

=================  ==============================================================
pose               ``mmpose-addons export --decode``
-----------------  --------------------------------------------------------------
input ``crops``    (B, h, w, 3), uint8, BGR, of the size in the metadata
``keypoints``      (B, K, 3), float32: x, y in px of the crop, score
=================  ==============================================================

=================  ==============================================================
detector           ``mmpose-addons export-detector``
-----------------  --------------------------------------------------------------
input ``images``   (B, H, W, 3), uint8, BGR; any H and W, the same within a batch
``boxes``          (N, 5), float32: x1, y1, x2, y2 in px of the image, score
``labels``         (N,), int64, indices into ``classes`` of the metadata
``image_indices``  (N,), int64, 0 to B - 1: the image of each box
=================  ==============================================================

The N boxes are those of all images: image by image, within an image from the highest score
down. N may be 0. Scores are above the file's ``score_threshold``; suppression per class has
been done. A file takes one batch size only if ``batch_size`` of its metadata is not null.
"""

from .detector_metadata import DetectorMetadata
from .kinds import METADATA, kind_of

__all__ = ['METADATA', 'DetectorMetadata', 'kind_of']
