"""Find out of which tool a project is, and read it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ..datasets.coco_file import CocoFileError, read_json
from ..message_texts import listed
from .coco_exports import is_coco, read_coco
from .deeplabcut import read_deeplabcut, read_lightning_pose
from .find_files import FileFinder, files_below
from .label_studio import keypoint_names, read_label_studio
from .labels import Project, ProjectError, check_names
from .settings import read_text, read_yaml
from .sleap_labels import read_with_sleap_io
from .ultralytics import read_ultralytics

DEEPLABCUT_KEYS = {'bodyparts', 'multianimalbodyparts', 'multianimalproject', 'Task'}
"""Lightning Pose's config.yaml has none of them."""


def read_project(
    path: Path,
    kind: str | None = None,
    replacements: Mapping[str, Path] | None = None,
    scorer: str | None = None,
    category: str | None = None,
) -> Project:
    """Read a project of another tool.

    Args:
        path: Folder of the project, or its file.
        kind: One of :data:`PROJECT_KINDS`; found by the files by default.
        replacements: Where images and videos lie now, by the names that the project uses.
        scorer: Whose labels of a DeepLabCut project; that of its config by default.
        category: Name of the category of a COCO file, if several have keypoints.

    Raises:
        ProjectError: No known project, several of them, or a broken one.
    """
    project = _read(path, kind, dict(replacements or {}), scorer, category)
    check_names(path, project.keypoints)
    return project


def _read(
    path: Path,
    kind: str | None,
    replacements: dict[str, Path],
    scorer: str | None,
    category: str | None,
) -> Project:
    if not path.exists():
        raise ProjectError(f'{path} does not exist')
    found = {name: files for name, find in _FIND.items() if (files := find(path))}
    if kind is not None:
        found = {name: files for name, files in found.items() if name == kind}
    if not found:
        raise ProjectError(
            f'{path}: no project of {kind or ", ".join(PROJECT_KINDS)}{_nearby(path)}'
        )
    if len(found) > 1:
        raise ProjectError(f'{path}: more than one kind of project: {", ".join(found)}')
    [(name, files)] = found.items()
    if len(files) > 1 and name != 'coco':
        names = listed((file.name for file in files), 8)
        raise ProjectError(f'{path}: {len(files)} projects of {name}; name one of {names}')
    root = path if path.is_dir() else path.parent
    if name == 'deeplabcut':
        return read_deeplabcut(root, FileFinder(root, replacements), scorer)
    if name == 'coco':
        return read_coco(files, FileFinder(root, replacements), category)
    return _READ[name](root, files, replacements)


def _nearby(path: Path) -> str:
    """Return the projects in the folders of a folder and above it, for a message."""
    near = [path.absolute().parent]
    if path.is_dir():
        near += sorted(folder for folder in path.iterdir() if folder.is_dir())
    names = []
    for folder in near:
        for name, find in _FIND.items():
            try:
                if name != 'coco' and find(folder):
                    names.append(f'{folder} ({name})')
            except ProjectError:  # a broken file of another project
                continue
    return f'; is it {" or ".join(names[:3])}?' if names else ''


def _matching(path: Path, pattern: str) -> list[Path]:
    """Return the file itself if it fits, or the files directly in the folder."""
    if path.is_file():
        return [path] if path.match(pattern) else []
    files = [file for file in path.glob(pattern) if file.is_file()]
    return sorted(file for file in files if not file.name.startswith('.'))


def _deeplabcut(path: Path) -> list[Path]:
    files = _matching(path, 'config.yaml')
    return [
        file
        for file in files
        if (file.parent / 'labeled-data').is_dir() and {*read_yaml(file)} & DEEPLABCUT_KEYS
    ]


def _lightning_pose(path: Path) -> list[Path]:
    if path.is_file() and path.suffix.lower() == '.csv':
        return [path]
    return [] if _deeplabcut(path) else _matching(path, 'CollectedData*.csv')


def _ultralytics(path: Path) -> list[Path]:
    files = [*_matching(path, '*.yaml'), *_matching(path, '*.yml')]
    return [file for file in files if _has_keypoints(file)]


def _has_keypoints(file: Path) -> bool:
    """Return whether a YAML file is a data set; a broken one only if it looks like one."""
    try:
        return 'kpt_shape' in read_yaml(file)
    except ProjectError:
        if 'kpt_shape' in read_text(file):
            raise
        return False


def _label_studio(path: Path) -> list[Path]:
    return [file for file in _matching(path, '*.json') if _is_label_studio(file)]


def _is_label_studio(file: Path) -> bool:
    try:
        content = read_json(file)
    except CocoFileError:
        return False
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(task, dict) and 'annotations' in task for task in content)
    )


def _read_label_studio(file: Path, finder: FileFinder) -> Project:
    """Read an export of the tool, or a file in which sleap-io names videos and frames."""
    tasks = read_json(file)
    metas = [task.get('meta') for task in tasks]
    if not all(isinstance(meta, dict) and 'video' in meta for meta in metas):
        return read_label_studio(file, tasks, finder)
    names = keypoint_names(file, tasks)
    return read_with_sleap_io(
        'label-studio', lambda sio: sio.load_labelstudio(str(file), names), file, finder
    )


def _coco(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix == '.json' and not _is_label_studio(path) else []
    return [file for file in files_below(path) if file.suffix == '.json' and is_coco(file)]


_FIND: dict[str, Callable[[Path], list[Path]]] = {
    'deeplabcut': _deeplabcut,
    'sleap': lambda path: _matching(path, '*.slp'),
    'lightning-pose': _lightning_pose,
    'ultralytics': _ultralytics,
    'label-studio': _label_studio,
    'coco': _coco,
}
_READ: dict[str, Callable[[Path, list[Path], dict[str, Path]], Project]] = {
    'sleap': lambda root, files, moved: read_with_sleap_io(
        'sleap', lambda sio: sio.load_slp(str(files[0])), files[0], FileFinder(root, moved)
    ),
    'lightning-pose': lambda root, files, moved: read_lightning_pose(
        files[0], FileFinder(root, moved)
    ),
    'ultralytics': lambda root, files, moved: read_ultralytics(files[0]),
    'label-studio': lambda root, files, moved: _read_label_studio(
        files[0], FileFinder(root, moved)
    ),
}
PROJECT_KINDS = (*_FIND,)
"""Names of the tools whose projects can be read."""
