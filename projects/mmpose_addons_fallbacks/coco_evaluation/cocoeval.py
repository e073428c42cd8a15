"""Average precision of keypoints and boxes, computed as in xtcocotools.

Shape letters of ``eval``: T thresholds of OKS or IoU, R recalls, K categories, A area ranges,
M limits of detections per image.

Sources: object keypoint similarity of COCO (https://cocodataset.org/#keypoints-eval), the
crowding levels of CrowdPose (Li et al., CVPR 2019), the body parts of COCO-WholeBody (Jin et
al., ECCV 2020).
"""

import contextlib
import copy
import io
from collections import defaultdict
from typing import Any

import numpy as np
from pycocotools.cocoeval import COCOeval as PlainCOCOeval
from pycocotools.cocoeval import Params as PlainParams

# Type of evaluation -> fields of an annotation whose keypoints are compared. Any other type
# with "keypoints" in its name compares the field "keypoints".
PART_FIELDS = {
    'keypoints_foot': ('foot_kpts',),
    'keypoints_face': ('face_kpts',),
    'keypoints_lefthand': ('lefthand_kpts',),
    'keypoints_righthand': ('righthand_kpts',),
    'keypoints_wholebody': (
        'keypoints',
        'foot_kpts',
        'face_kpts',
        'lefthand_kpts',
        'righthand_kpts',
    ),
}
# A person covers about this share of its box; used in place of a missing segmentation area.
BOX_FILL = 0.53
# CrowdPose: crowdIndex below the first is easy, below the second medium, else hard.
CROWD_LEVELS = (0.2, 0.8)
UNMATCHED = -1


class Params(PlainParams):
    """Parameters of an evaluation; all types of keypoints use those of ``keypoints``.

    Raises:
        ValueError: `iouType` is none of ``segm``, ``bbox`` and ``keypoints...``.
    """

    def __init__(self, iouType: str = 'segm') -> None:
        if iouType not in ('segm', 'bbox') and 'keypoints' not in (iouType or ''):
            raise ValueError(
                "iouType must be 'segm', 'bbox' or one with 'keypoints' in its name, got "
                f'{iouType!r}'
            )
        super().__init__('keypoints' if 'keypoints' in iouType else iouType)
        self.iouType = iouType


class COCOeval(PlainCOCOeval):
    """Evaluation of pycocotools with the additions of xtcocotools.

    Differs from pycocotools: an annotation may have the id 0, ``num_keypoints`` is counted
    (CrowdPose's file tells it, visible ones only), predictions without any keypoint score are
    left out, and ``dtMatches`` and ``gtMatches`` of ``evalImgs`` are -1 where nothing matches.

    Differs from xtcocotools: annotations of a category are left out if none of them has as many
    keypoints as there are sigmas, the annotations stay as they are, a missing score of a part
    gives no warning, and ``eval`` after CrowdPose's summary is that of all images, not of the
    hard ones.

    Args:
        cocoGt: Annotations.
        cocoDt: Results, of their ``loadRes``.
        iouType: ``keypoints`` (also called ``keypoints_body``), ``keypoints_crowd``, a key of
            ``PART_FIELDS``, ``bbox`` or ``segm``.
        sigmas: (keypoints,) of OKS; None means those of COCO's 17.
        use_area: Take ``area`` of the annotations (px^2); else 0.53 times that of the box.

    Attributes:
        stats: (10,) AP, AP50, AP75, AP medium, AP large, AR, AR50, AR75, AR medium, AR large
            of keypoints; (9,) AP, AP50, AP75, AR, AR50, AR75, AP easy, AP medium, AP hard of
            ``keypoints_crowd``, the last three rounded to four decimals; pycocotools' (12,) of
            boxes and masks. -1 where there is nothing to measure.

    Raises:
        ValueError: `iouType` is unknown.
    """

    params: Any
    evalImgs: Any
    eval: Any
    stats: Any

    def __init__(
        self,
        cocoGt: Any = None,
        cocoDt: Any = None,
        iouType: str = 'keypoints',
        sigmas: Any = None,
        use_area: bool = True,
    ) -> None:
        params = Params(iouType)
        super().__init__(cocoGt, cocoDt, 'bbox')
        params.imgIds, params.catIds = self.params.imgIds, self.params.catIds
        self.params = params
        coco_sigmas = PlainParams('keypoints').kpt_oks_sigmas
        self.sigmas = coco_sigmas if sigmas is None else np.asarray(sigmas)
        self.use_area = use_area

    @property
    def score_key(self) -> str:
        """Return the field by which a result is ranked: its own score field, or ``score``."""
        kind = self.params.iouType
        return kind.replace('keypoints_', '') + '_score' if kind in PART_FIELDS else 'score'

    def _prepare(self) -> None:
        """Collect annotations and results by image and category.

        They are copies in the form that pycocotools' methods read: ``keypoints``, ``score`` and
        ``area`` are those that this evaluation compares, and ids count from 1, since 0 means
        "no match" there.
        """
        p = self.params
        p.kpt_oks_sigmas = self.sigmas
        categories = p.catIds if p.useCats else []
        truths, results = (
            index.loadAnns(index.getAnnIds(imgIds=p.imgIds, catIds=categories))
            for index in (self.cocoGt, self.cocoDt)
        )
        truths = self._comparable(truths)
        self._gts, self._dts = defaultdict(list), defaultdict(list)
        self.evalImgs, self.eval = defaultdict(list), {}
        self._truth_ids = np.array([UNMATCHED] + [truth['id'] for truth in truths])
        self._result_ids = np.array([UNMATCHED] + [result['id'] for result in results])
        for number, truth in enumerate(truths, 1):
            prepared = self._prepared_truth(truth, number)
            self._gts[truth['image_id'], truth['category_id']].append(prepared)
        for number, result in enumerate(results, 1):
            prepared = self._prepared(result, number, self.cocoDt)
            prepared['score'] = result.get(self.score_key, result['score'])
            if 'keypoints' not in p.iouType or np.any(prepared['keypoints'][2::3] > 0):
                self._dts[result['image_id'], result['category_id']].append(prepared)

    def _comparable(self, truths: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the annotations without those of categories that have none to compare.

        Raises:
            ValueError: An annotation lacks what others of its category have.
        """
        kind = self.params.iouType
        if 'keypoints' not in kind:
            return truths
        fields = PART_FIELDS.get(kind, ('keypoints',))
        having = {
            truth['category_id']
            for truth in truths
            if sum(len(truth.get(key, ())) for key in fields) == 3 * len(self.sigmas)
        }
        chosen = [truth for truth in truths if truth['category_id'] in having or not having]
        for truth in chosen:
            if missing := [key for key in fields if key not in truth]:
                raise ValueError(
                    f'annotation {truth["id"]} must have {missing}, as others of category '
                    f'{truth["category_id"]}, got {sorted(truth)}'
                )
        return chosen

    def _prepared(self, record: dict[str, Any], number: int, index: Any) -> dict[str, Any]:
        """Copy an annotation or result with the compared keypoints or mask."""
        kind = self.params.iouType
        copied = dict(record, id=number)
        if 'keypoints' in kind:
            fields = PART_FIELDS.get(kind, ('keypoints',))
            copied['keypoints'] = np.concatenate([np.asarray(record[key]) for key in fields])
        elif kind == 'segm':
            copied['segmentation'] = index.annToRLE(record)
        return copied

    def _prepared_truth(self, truth: dict[str, Any], number: int) -> dict[str, Any]:
        copied = self._prepared(truth, number, self.cocoGt)
        copied['iscrowd'] = truth.get('iscrowd', False)
        copied['ignore'] = bool(copied['iscrowd'])
        kind = self.params.iouType
        if kind == 'keypoints_crowd':
            copied['ignore'] |= truth['num_keypoints'] == 0
        elif 'keypoints' in kind:
            copied['ignore'] |= not np.any(copied['keypoints'][2::3] > 0)
        copied['has_area'] = 'area' in truth or not self.use_area
        if not self.use_area or 'area' not in truth:
            copied['area'] = truth['bbox'][2] * truth['bbox'][3] * BOX_FILL
        return copied

    def evaluate(self) -> None:
        """Match results with annotations, image by image, into ``evalImgs``."""
        p = self.params
        if p.useSegm is not None or 'keypoints' not in p.iouType:
            super().evaluate()
            return
        print(f'Evaluate annotation type *{p.iouType}*')
        p.imgIds = list(np.unique(p.imgIds))
        p.maxDets = sorted(p.maxDets)
        categories = [-1]
        if p.useCats:
            categories = p.catIds = list(np.unique(p.catIds))
        self._prepare()
        self.ious = {
            (image, category): self.computeOks(image, category)
            for image in p.imgIds
            for category in categories
        }
        self.evalImgs = [
            self.evaluateImg(image, category, areas, p.maxDets[-1])
            for category in categories
            for areas in p.areaRng
            for image in p.imgIds
        ]
        self._paramsEval = copy.deepcopy(p)

    def computeOks(self, imgId: Any, catId: Any) -> Any:
        """Return OKS (results, annotations) of an image, best score first; ``[]`` if empty.

        Raises:
            ValueError: An annotation has no ``area`` although `use_area` is true, or the
                numbers of keypoints and sigmas differ.
        """
        truths, results = self._gts[imgId, catId], self._dts[imgId, catId]
        if truths and results:
            for truth in truths:
                if not truth['has_area']:
                    raise ValueError(
                        f'annotation {self._truth_ids[truth["id"]]} must have an area where '
                        'use_area is true, got none'
                    )
            for record in (*truths, *results):
                points = len(record['keypoints']) // 3
                if points and points != len(self.sigmas):
                    raise ValueError(
                        f'annotations and results of image {imgId} must have as many keypoints '
                        f'as there are sigmas ({len(self.sigmas)}), got {points}'
                    )
        return super().computeOks(imgId, catId)

    def evaluateImg(self, imgId: Any, catId: Any, aRng: Any, maxDet: int) -> Any:
        """Match one image in one range of areas (px^2); return None without a person."""
        matches = super().evaluateImg(imgId, catId, aRng, maxDet)
        if matches is not None:
            matches['gtIds'] = self._truth_ids[matches['gtIds']].tolist()
            matches['dtIds'] = self._result_ids[matches['dtIds']].tolist()
            matches['dtMatches'] = self._truth_ids[matches['dtMatches'].astype(int)]
            matches['gtMatches'] = self._result_ids[matches['gtMatches'].astype(int)]
        return matches

    def accumulate(self, p: Any = None) -> None:
        """Write precision, recall and scores of all images into ``eval``."""
        matches = self.evalImgs
        self.evalImgs = [
            entry and dict(entry, dtMatches=entry['dtMatches'] != UNMATCHED)
            for entry in matches
        ]
        try:
            super().accumulate(p)
        finally:
            self.evalImgs = matches

    def summarize(self) -> None:
        """Print the measures and keep them in ``stats``."""
        p, kind = self.params, self.params.iouType
        if 'keypoints' not in kind:
            super().summarize()
            return
        printed = io.StringIO()
        p.iouType = 'keypoints'  # pycocotools has no other type of keypoints
        try:
            with contextlib.redirect_stdout(printed):
                super().summarize()
        finally:
            p.iouType = kind
        lines = printed.getvalue().splitlines()
        if kind == 'keypoints_crowd':
            lines = [line for line in lines if 'area=   all' in line]
            levels = self._crowd_precision()
            for name, value in levels.items():
                lines.append(
                    f' Average Precision  (AP) @[ IoU={p.iouThrs[0]:.2f}:{p.iouThrs[-1]:.2f} | '
                    f'type={name:>6} | maxDets={p.maxDets[-1]:>3} ] = {value:.3f}'
                )
            plain = self.stats[[0, 1, 2, 5, 6, 7]]
            self.stats = np.concatenate([plain, list(levels.values())])
        print('\n'.join(lines))

    def _crowd_precision(self) -> dict[str, float]:
        """Return the AP of the images of each level of crowding.

        Raises:
            ValueError: An image has no ``crowdIndex``.
        """
        images: dict[str, list[Any]] = dict(easy=[], medium=[], hard=[])
        for image in self.cocoGt.dataset['images']:
            if 'crowdIndex' not in image:
                raise ValueError(
                    f"image {image['id']} must have 'crowdIndex', got {sorted(image)}"
                )
            level = np.searchsorted(CROWD_LEVELS, image['crowdIndex'], side='right')
            list(images.values())[level].append(image['id'])
        precision = {}
        for level, ids in images.items():
            part = copy.copy(self)
            part.params = copy.deepcopy(self.params)
            part.params.imgIds = ids
            with contextlib.redirect_stdout(io.StringIO()):
                part.evaluate()
                part.accumulate()
            precision[level] = round(float(part.eval['precision'][:, :, :, 0].mean()), 4)
        return precision
