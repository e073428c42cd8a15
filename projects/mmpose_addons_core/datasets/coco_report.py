"""The report of a check of a COCO keypoint file."""

import shlex
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..message_texts import printable

# Every kind of problem, and its description in reports.
PROBLEM_KINDS = {
    'file': 'file missing, empty or not JSON',
    'encoding': 'with a byte order mark, or not in UTF-8',
    'layout': 'not in COCO layout',
    'no_images': 'no images',
    'no_annotations': 'no usable annotations',
    'image_record': 'image record incomplete',
    'duplicate_image_id': 'image id used twice',
    'duplicate_file_name': 'image file of two records',
    'category_keypoints': 'category names another number of keypoints',
    'annotation_record': 'annotation record incomplete',
    'duplicate_annotation_id': 'annotation id used twice',
    'unknown_image': 'annotation of an unknown image',
    'unknown_category': 'annotation of an unknown category',
    'category': 'not clear which category has the keypoints',
    'other_category': 'annotation of a category that is not used',
    'missing_field': 'annotation without bbox or keypoints',
    'not_a_number': 'text, null, NaN or a huge value in place of a number',
    'keypoint_count': 'wrong number of keypoints',
    'visibility': 'visibility not 0, 1 or 2',
    'num_keypoints': 'num_keypoints disagrees with the visibilities',
    'keypoint_outside': 'keypoint outside the image',
    'no_visible_keypoint': 'no visible keypoint',
    'crowd': 'crowd',
    'box_layout': 'box is not four numbers',
    'box_size': 'box of zero or negative size',
    'box_outside': 'box outside the image',
    'box_partly_outside': 'box partly outside the image',
    'box_corners': 'boxes of corners in place of sizes',
    'frame_number': 'video or frame number missing or used twice',
    'area': 'area missing or not positive',
    'image_missing': 'image file missing',
    'image_unreadable': 'image file unreadable or truncated',
    'image_size': 'image file of another size than its record',
    'detection_record': 'detection record incomplete',
    'detection_box_size': 'detection box of zero or negative size',
}

# The kinds whose records MMPose leaves out, with the words for a log.
SKIPPED = {
    'crowd': 'crowds',
    'unknown_image': 'of an unknown image',
    'other_category': 'of a category that is not used',
    'missing_field': 'without bbox or keypoints',
    'no_visible_keypoint': 'without a visible keypoint',
    'box_size': 'with a box of zero or negative size',
    'box_outside': 'with a box outside the image',
    'detection_box_size': 'detections with a box of zero or negative size',
}

# The kinds that MMPose runs with, so that a user may treat them as warnings.
TOLERABLE = frozenset(
    (
        'unknown_image',
        'unknown_category',
        'missing_field',
        'visibility',
        'num_keypoints',
        'area',
        'image_size',
    )
)

# Those of them without which COCO's evaluation fails after the test pass.
EVALUATED = frozenset(('missing_field', 'area'))


class DatasetError(ValueError):
    """Data that make MMPose crash, or train or evaluate wrongly without a message."""


@dataclass(frozen=True)
class Problem:
    kind: str
    severity: str  # 'error' or 'warning'
    record: str  # 'annotation 12 (image 5, 000005.jpg)'
    value: str  # what was found, and what was expected

    @property
    def meaning(self) -> str:
        return PROBLEM_KINDS[self.kind]

    def __str__(self) -> str:
        return f'{self.record}: {self.value}'


@dataclass
class CocoReport:
    """Problems of one annotation file.

    An error of a kind in ``tolerated`` counts as a warning.
    """

    ann_file: str
    tolerated: frozenset[str] = frozenset()
    evaluation: bool = False  # the annotations are ground truth for CocoMetric
    problems: list[Problem] = field(default_factory=list)
    skipped: dict[int | str, str] = field(default_factory=dict)  # record's id -> kind
    records: int = 0  # annotations, or detections where these are used instead
    summary: dict[str, Any] = field(default_factory=dict)
    images_checked: int = 0
    seconds: dict[str, float] = field(default_factory=dict)  # by part of the check
    categories: list[int | str] = field(default_factory=list)  # that are used
    detections: list[dict[str, Any]] = field(default_factory=list)  # usable ones

    def __post_init__(self) -> None:
        strict = sorted(set(self.tolerated) - TOLERABLE)
        if strict:
            raise ValueError(f'tolerate takes only {sorted(TOLERABLE)}, got {strict}')

    def add(self, kind: str, severity: str, record: str, value: str) -> Problem:
        if kind in self.tolerated:
            severity = 'warning'
        problem = Problem(kind, severity, printable(record), printable(value))
        self.problems.append(problem)
        return problem

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == 'error']

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == 'warning']

    def by_kind(self) -> dict[tuple[str, str], list[Problem]]:
        """Group problems by (kind, severity): errors first, then as in PROBLEM_KINDS."""
        groups: dict[tuple[str, str], list[Problem]] = {}
        for severity in ('error', 'warning'):
            for kind in PROBLEM_KINDS:
                groups[kind, severity] = []
        for problem in self.problems:
            groups[problem.kind, problem.severity].append(problem)
        return {key: group for key, group in groups.items() if group}

    def skip_text(self, verb: str = 'skipped') -> str:
        """Return a line with the counts of skipped records and of other warnings."""
        first: dict[str, int | str] = {}
        for record, kind in self.skipped.items():
            first.setdefault(kind, record)
        counts = Counter(self.skipped.values())
        left_out = []
        for kind in filter(counts.__contains__, SKIPPED):
            noun = 'detection' if kind.startswith('detection') else 'annotation'
            left_out.append(f'{counts[kind]} {SKIPPED[kind]} (first: {noun} {first[kind]})')
        noticed = [
            f'{len(group)} x {group[0].meaning} (first: {group[0].record.split(" (image")[0]})'
            for (kind, severity), group in self.by_kind().items()
            if severity == 'warning' and kind not in SKIPPED
        ]
        parts = []
        if left_out:
            number = f'{counts.total()} of {self.records} records'
            parts.append(f'{verb} {number}: {", ".join(left_out)}')
        if noticed:
            parts.append(f'used all the same: {", ".join(noticed)}')
        return printable(f'{self.ann_file}: {"; ".join(parts)}') if parts else ''

    def raise_for_errors(
        self,
        limit: int = 5,
        more: Sequence[str] = (),
        *,
        also: Collection[str] = (),
        tolerance: bool = False,
    ) -> None:
        """Raise an error if the report has errors.

        Args:
            limit: how many errors the message lists.
            more: further arguments for the command that the message recommends.
            also: kinds whose warnings count as errors.
            tolerance: whether the message recommends ``check_tolerate``, which only classes of
                a config have.

        Raises:
            DatasetError: if there are errors.
        """
        errors = self.errors + [problem for problem in self.warnings if problem.kind in also]
        if not errors:
            return
        number = f'{len(errors)} error{"s" * (len(errors) > 1)}'
        among = f' in {self.records} records' if self.records else ''
        lines = [f'{self.ann_file}: {number}{among}']
        lines += [f'  {problem}' for problem in errors[:limit]]
        if len(errors) > limit:
            lines.append(f'  ... and {len(errors) - limit} more')
        command = shlex.join(['mmpose-addons', 'check-data', self.ann_file, *more])
        lines.append(f'`{command}` prints all.')
        kinds = {problem.kind for problem in errors}
        if tolerance and kinds <= TOLERABLE:
            text = f'check_tolerate={sorted(kinds)} turns them into warnings'
            if self.evaluation and kinds & EVALUATED:
                text += ' where the metric is CheckedCocoMetric; CocoMetric would fail'
            lines.append(f'{text}.')
        raise DatasetError('\n'.join(map(printable, lines)))

    def to_dict(self) -> dict[str, Any]:
        """Return counts, summary and problems in plain types, for JSON."""
        return dict(
            ann_file=self.ann_file,
            errors=len(self.errors),
            warnings=len(self.warnings),
            summary=self.summary,
            problems=[asdict(problem) for problem in self.problems],
        )
