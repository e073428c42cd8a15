"""DeepLabCut projects (config.yaml and labeled-data) and Lightning Pose's CollectedData.csv."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..message_texts import short
from .find_files import FileFinder
from .label_table import LabelTable, read_label_table
from .labels import MISSING_IMAGE, NO_LABEL, Frame, Instance, Project, ProjectError
from .settings import read_yaml

OTHER_SCORER = 'labels of another scorer'
SCENE = 'single'  # DeepLabCut's individual for body parts that belong to no animal
OLD_PART = 'labels of a body part that config.yaml does not have'
HALF = 'a label with only one coordinate'
OLD_LINK = 'links of the skeleton between body parts that do not exist'
OF_THE_SCENE = 'labels that belong to no animal (unique body parts)'


def read_deeplabcut(root: Path, finder: FileFinder, scorer: str | None = None) -> Project:
    """Read a DeepLabCut project, of one or of several animals.

    The csv of a folder is read; its HDF5 file only if there is no csv.

    Args:
        root: Folder of the project, with ``config.yaml``.
        finder: Finds the images.
        scorer: Whose labels; by default the one of ``config.yaml``, or the only one.

    Raises:
        ProjectError: A file is missing or broken.
    """
    file = root / 'config.yaml'
    config = read_yaml(file)
    parts = config.get('bodyparts')
    if config.get('multianimalproject'):
        parts = config.get('multianimalbodyparts')
    if not isinstance(parts, list) or not parts:
        raise ProjectError(f'{file}: expected a list of body parts, got {short(parts)}')
    names = [str(part) for part in parts]
    project = Project('deeplabcut', names, [], [])
    project.skeleton += _skeleton(config, names, project)
    folders = sorted(path for path in (root / 'labeled-data').glob('*') if path.is_dir())
    tables = [table for folder in folders for table in _tables(folder)]
    scorers = {_scorer_of(table) for table in tables}
    wanted = scorer or str(config.get('scorer'))
    if scorer is None and wanted not in scorers and len(scorers) == 1:
        (wanted,) = scorers  # all labels are of one scorer, whom the project has renamed
    for table in tables:
        if _scorer_of(table) == wanted:
            _add(project, read_label_table(table), finder)
        else:
            project.leave_out(OTHER_SCORER, str(table.relative_to(root)))
    if not project.frames:
        others = ', '.join(sorted(scorers - {wanted}))
        raise ProjectError(
            f'{root / "labeled-data"}: no labelled frame of {wanted!r}{project.reasons()}'
            + (f'; --scorer takes the labels of {others}' if others else '')
        )
    return project


def _tables(folder: Path) -> list[Path]:
    """Return the tables of a folder; of each scorer the csv, or the HDF5 file without one."""
    found = {table.stem: table for table in sorted(folder.glob('CollectedData_*.h5'))}
    found.update({table.stem: table for table in sorted(folder.glob('CollectedData_*.csv'))})
    return [*found.values()]


def _scorer_of(table: Path) -> str:
    return table.stem.removeprefix('CollectedData_')


def read_lightning_pose(file: Path, finder: FileFinder) -> Project:
    """Read a ``CollectedData.csv`` of Lightning Pose.

    Raises:
        ProjectError: It is broken, or no frame has a label and an image.
    """
    table = read_label_table(file)
    project = Project('lightning-pose', [*table.bodyparts.get('', [])], [], [])
    _add(project, table, finder)
    if not project.frames:
        raise ProjectError(f'{file}: no labelled frame whose image is there{project.reasons()}')
    return project


def _add(project: Project, table: LabelTable, finder: FileFinder) -> None:
    scene = table.points.pop(SCENE, None)
    if scene is not None:
        table.bodyparts.pop(SCENE)
    for parts in table.bodyparts.values():
        for part in parts:
            if part not in project.keypoints and part not in project.left_out.get(OLD_PART, []):
                project.leave_out(OLD_PART, part)
    for row, place in enumerate(table.rows):
        where = '/'.join(place)
        if scene is not None and not np.isnan(scene[row]).all():
            project.leave_out(OF_THE_SCENE, where)
        instances = project.labelled([*_instances(project, table, row)], where)
        image = finder.find(place, least=2)
        if not instances:
            project.leave_out(NO_LABEL, where)
        elif image is None:
            project.leave_out(MISSING_IMAGE, where)
        else:
            number = re.findall(r'\d+', Path(place[-1]).stem)
            frame = Frame(
                video=place[-2] if len(place) > 1 else '',
                number=int(number[-1]) if number else None,
                name=place[-1],
                instances=instances,
                image=image,
            )
            project.add(frame, where)


def _instances(project: Project, table: LabelTable, row: int) -> Iterator[Instance]:
    """Yield the labelled individuals of a frame."""
    for individual, found in table.points.items():
        points = np.full((len(project.keypoints), 2), np.nan)
        for part, point in zip(table.bodyparts[individual], found[row], strict=True):
            if np.isnan(point).sum() == 1:
                where = ' '.join(filter(None, ['/'.join(table.rows[row]), individual, part]))
                project.leave_out(HALF, where)
            elif part in project.keypoints:
                points[project.keypoints.index(part)] = point
        if not np.isnan(points).all():
            yield Instance(points, np.zeros(len(points), bool), individual or None)


def _skeleton(
    config: dict[str, Any], names: list[str], project: Project
) -> list[tuple[int, int]]:
    """Return pairs of positions; new projects have links of an example, which are left out."""
    links = []
    for link in config.get('skeleton') or []:
        ends = [str(end) for end in link] if isinstance(link, list) else []
        if len(ends) == 2 and set(ends) <= set(names):
            links.append((names.index(ends[0]), names.index(ends[1])))
        else:
            project.leave_out(OLD_LINK, ' - '.join(ends) or repr(link))
    return links
