"""What a user has asked for."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mmpose_addons_core.fileio import write_json
from mmpose_addons_core.folder_lock import LOCK_FILE
from mmpose_addons_core.training_plan import PlanError, read_run_file

FRAMES = 200
"""Target frames, if there is time for them."""
CONTENTS = 'contents'
"""Key of the inputs' contents in ``run.json``, beside the options."""


@dataclass(frozen=True)
class Options:
    """Of ``mmpose-addons adapt`` and ``train --labelled``.

    Attributes:
        labelled: Folder of ``mmpose-addons import``.
        out: Folder of the run.
        model: Name of a network, or a config.
        start: Checkpoint of a source network.
        unlabelled: Videos, images and folders of the target; empty for plain training.
        method: Of the adaptation.
        few: COCO file of a few labelled images of the target to learn from.
        few_images: Their folder.
        frames: Number of target frames; None: up to ``FRAMES``, as many as there is time for.
        boxes: ``('frame',)``, ``('labels',)``, (JSON file of boxes by the names of the picked
            frames), (config, checkpoint) of a detector, or () for what fits the labels.
        category: Class of the detector, name or number.
        test: COCO file of labelled target images.
        test_images: Their folder.
        minutes: Time of the whole command.
        steps: Training steps of each network, in place of a time.
        seed: Of first weights, samples and augmentation.
        crop_cache: Keep what random crops can reach, so that images are decoded once.
    """

    labelled: Path
    out: Path
    model: str = 'lpn-50'
    start: Path | None = None
    unlabelled: tuple[str, ...] = ()
    method: str = 'cc-ssl'
    few: Path | None = None
    few_images: Path | None = None
    frames: int | None = None
    boxes: tuple[str, ...] = ()
    category: str | int = 0
    test: Path | None = None
    test_images: Path | None = None
    minutes: float | None = None
    steps: int | None = None
    seed: int = 0
    crop_cache: bool = True

    @property
    def adapts(self) -> bool:
        return bool(self.unlabelled)

    @property
    def source(self) -> Path:
        """Config of the training on labels, with which everything is tested."""
        return self.out / 'source.py'

    @property
    def adapt(self) -> Path:
        """Config of the adaptation."""
        return self.out / 'adapt.py'

    @property
    def target(self) -> Path:
        """Folder of the picked frames."""
        return self.out / 'target'

    @property
    def crops_kept(self) -> Path | None:
        """Folder of the crop cache; None without one."""
        return self.out / 'crops' if self.crop_cache else None

    @property
    def network(self) -> Path:
        """The final weights."""
        return self.out / 'network.pth'

    @property
    def plan(self) -> Path:
        """What will be done; written when all checks have passed."""
        return self.out / 'plan.json'

    @property
    def clock(self) -> Path:
        """What the run has taken."""
        return self.out / 'time.json'

    @property
    def detector(self) -> tuple[str, ...]:
        """Config and checkpoint of the detector; empty without one."""
        return self.boxes if len(self.boxes) == 2 else ()

    @property
    def boxes_file(self) -> Path | None:
        """JSON file of boxes of the new frames; None without one."""
        named = len(self.boxes) == 1 and self.boxes not in (('frame',), ('labels',))
        return Path(self.boxes[0]) if named and self.adapts else None

    def crops(self, several: str) -> str:
        """Return ``'frame'`` if the whole image is the crop, ``'box'`` if the box is.

        Args:
            several: Of the labels: an image of two or more animals.

        Raises:
            PlanError: The boxes do not fit the labels or the target.
        """
        if self.boxes == ('labels',) and self.adapts:
            raise PlanError(
                '--boxes labels: the new frames have no labels; expected frame, a JSON file, '
                'or CONFIG CHECKPOINT of a detector'
            )
        if self.boxes == ('frame',) or (not self.boxes and (self.adapts or not several)):
            if several:
                raise PlanError(
                    f'several animals in a labelled frame ({several}): the whole frame cannot '
                    'be the box of each; expected --boxes CONFIG CHECKPOINT of an MMDet '
                    'detector or a JSON file of boxes, got '
                    + (' '.join(self.boxes) or 'no --boxes')
                )
            return 'frame'
        return 'box'

    def claim(self, contents: Mapping[str, str]) -> bool:
        """Take the folder of the run; whether it was prepared before with the same inputs.

        Args:
            contents: Of :func:`.input_contents.input_contents`.

        Raises:
            PlanError: The folder has something else, or a run with other options or inputs.
        """
        file = self.out / 'run.json'
        mine = json.loads(json.dumps(asdict(self), default=_text)) | {CONTENTS: dict(contents)}
        if file.is_file():
            theirs = read_run_file(file, dict, **{CONTENTS: dict})
            if mine.keys() != theirs.keys():
                raise PlanError(f'{file} has not the options of a run; choose another --out')
            if theirs == mine:
                return self.plan.is_file()
            if self.plan.is_file():
                raise PlanError(self._difference(mine, theirs))
            shutil.rmtree(self.target, ignore_errors=True)
        elif any(path.name != LOCK_FILE for path in self.out.iterdir()):
            raise PlanError(f'{self.out} is not empty and no run; choose another --out')
        write_json(file, mine, indent=1)
        return False

    def _difference(self, mine: dict[str, Any], theirs: dict[str, Any]) -> str:
        for key in mine:
            if key != CONTENTS and mine[key] != theirs[key]:
                return (
                    f'{self.out} is a run with another {key}: expected {theirs[key]!r} to '
                    f'go on with it, got {mine[key]!r}; choose another --out for a new run'
                )
        before, now = theirs[CONTENTS], mine[CONTENTS]
        changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        return (
            f'{changed[0]} has changed since the run in {self.out} began with it; put the '
            'former content back to go on, or choose another --out for a new run'
        )


def _text(value: object) -> str:
    return str(Path(str(value)).absolute())
