"""Read annotations and results in COCO's format as xtcocotools does."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools.coco import COCO as PlainCOCO


class COCO(PlainCOCO):
    """Index of annotations: pycocotools' with the additions of xtcocotools.

    Differs from pycocotools: a missing ``iscrowd`` is false, :meth:`loadRes` also
    takes an empty list of results, a string is one name, not a list of letters, and a range of
    areas contains its lower end, and files may start with a byte order mark.

    Args:
        annotation_file: JSON file; None makes an empty index.
        test_index: Numbers of the keypoints to keep, in this order; None keeps all.
        ann_data: Content of the file, if it has been read already.

    Attributes:
        anno_file: The annotation file, and after :meth:`loadRes` the results given there.

    Raises:
        TypeError: The content is not a dictionary.
    """

    def __init__(
        self,
        annotation_file: str | None = None,
        test_index: Any = None,
        ann_data: dict[str, Any] | None = None,
    ) -> None:
        self.anno_file = [annotation_file]
        self.test_index = test_index
        super().__init__()
        if annotation_file is not None:
            if ann_data is None:
                ann_data = _read(annotation_file)
            if not isinstance(ann_data, dict):
                raise TypeError(f'ann_data must be a dictionary, got {type(ann_data).__name__}')
            self.dataset = ann_data
            self.createIndex()
        for annotation in self.dataset.get('annotations', []):
            annotation.setdefault('iscrowd', False)
            if test_index is not None:
                keypoints = np.reshape(annotation['keypoints'], (-1, 3))[test_index]
                annotation['keypoints'] = keypoints.ravel().tolist()

    def getAnnIds(
        self, imgIds: Any = (), catIds: Any = (), areaRng: Any = (), iscrowd: Any = None
    ) -> list[Any]:
        """Return ids of annotations by image, category, area and crowd label.

        Args:
            imgIds: Image ids, or one; none means all.
            catIds: Category ids, or one; none means all.
            areaRng: Lowest area, which is included, and first that is too large (px^2).
            iscrowd: The label; None means any.
        """
        ids = super().getAnnIds(_listed(imgIds), _listed(catIds), [], iscrowd)
        if len(areaRng) == 0:
            return ids
        return [key for key in ids if areaRng[0] <= self.anns[key]['area'] < areaRng[1]]

    def getCatIds(self, catNms: Any = (), supNms: Any = (), catIds: Any = ()) -> list[Any]:
        """Return ids of categories by name, supercategory and id; none means all."""
        return super().getCatIds(_listed(catNms), _listed(supNms), _listed(catIds))

    def loadRes(self, resFile: Any, resData: list[dict[str, Any]] | None = None) -> 'COCO':
        """Read results into an index of their own.

        Args:
            resFile: JSON file, list of results, or an (N, 7) array of image id, x, y, width,
                height (image px), score and category id.
            resData: Content of the file, if it has been read already.

        Raises:
            TypeError: The results are neither a list nor an array.
            ValueError: A result is of an image that is not in this index.
        """
        if len(self.anno_file) == 1:
            self.anno_file.append(resFile)
        found = resFile
        if isinstance(resFile, str):
            if resData is None:
                resData = _read(resFile)
            found = resData
        if isinstance(found, np.ndarray):
            found = self.loadNumpyAnnotations(found)
        if not isinstance(found, list):
            raise TypeError(f'results must be a list, got {type(found).__name__}')
        unknown = {result['image_id'] for result in found} - set(self.imgs)
        if unknown:
            raise ValueError(
                'results must be of images in the annotation file, got image_id '
                f'{min(unknown, key=str)!r}'
            )
        results = COCO()
        if found:
            results.__dict__.update(super().loadRes(found).__dict__)
        else:
            results.dataset = dict(images=list(self.dataset['images']), annotations=[])
            results.createIndex()
        return results


def _listed(value: Any) -> Any:
    """Return a list, also for a single number or name."""
    return [value] if isinstance(value, str) or not hasattr(value, '__len__') else value


def _read(file: str | Path) -> Any:
    """Read the content of a JSON file in any encoding of Unicode."""
    return json.loads(Path(file).read_bytes())
