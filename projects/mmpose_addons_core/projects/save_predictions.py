"""Write predictions in the formats of other tools."""

import re
from collections.abc import Collection, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from .labels import ProjectError
from .predictions import Clip, Keypoints, several_animals

FORMATS = ('dlc', 'slp', 'lightning-pose', 'csv')
_NEEDS = {
    'dlc': ('pandas', 'tables'),
    'slp': ('sleap_io',),
    'lightning-pose': ('pandas',),
    'csv': (),
}


def check_formats(formats: Collection[str]) -> None:
    """Refuse formats that are unknown or whose libraries are missing.

    Raises:
        ProjectError: Names the format, and the libraries.
    """
    for name in formats:
        if name not in FORMATS:
            raise ProjectError(f'expected one of {", ".join(FORMATS)}, got {name!r}')
        missing = [library for library in _NEEDS[name] if find_spec(library) is None]
        if missing:
            raise ProjectError(
                f'writing {name} needs {" and ".join(missing)}: '
                'pip install "mmpose_addons[projects]"'
            )


def scorer_name(config: str | Path) -> str:
    """Return DeepLabCut's name of a network: of its config file or ONNX file.

    >>> scorer_name('configs/td-hm_lpn-50.py')
    'DLC_td-hm_lpn-50'
    """
    return 'DLC_' + (re.sub(r'[^\w-]+', '-', Path(config).stem) or 'network')


def target_files(
    clips: Sequence[Clip], out: Path, formats: Collection[str], scorer: str
) -> dict[str, list[Path]]:
    """Return the files of each format.

    ``dlc``: ``OUT/dlc/<clip><scorer>.h5`` and ``.csv`` of each clip. ``slp``:
    ``OUT/predictions.slp``. ``lightning-pose``: ``OUT/lightning-pose/<clip>.csv``. ``csv``:
    ``OUT/predictions.csv``.
    """
    names = [clip.name for clip in clips]
    files = {
        'dlc': [
            out / 'dlc' / f'{name}{scorer}{end}' for name in names for end in ('.h5', '.csv')
        ],
        'slp': [out / 'predictions.slp'],
        'lightning-pose': [out / 'lightning-pose' / f'{name}.csv' for name in names],
        'csv': [out / 'predictions.csv'],
    }
    return {name: files[name] for name in FORMATS if name in formats}


def save_predictions(
    clips: Sequence[Clip],
    keypoints: Keypoints,
    out: Path,
    formats: Collection[str],
    scorer: str,
) -> Iterator[tuple[Path, str]]:
    """Write the files of :func:`target_files`, one after the other.

    DeepLabCut's tables have individuals if any clip has several animals.

    Yields:
        Each file that is complete, and what was left out of it, or ''.

    Raises:
        ProjectError: See :func:`check_formats`.
        OSError: A file cannot be written; those before it are complete.
    """
    from . import prediction_tables as tables

    check_formats(formats)
    names = keypoints.names
    files = target_files(clips, out, formats, scorer)
    if 'dlc' in files:
        several = several_animals(clips)
        pairs = zip(files['dlc'][::2], files['dlc'][1::2], strict=True)
        for clip, (h5, text) in zip(clips, pairs, strict=True):
            tables.write_deeplabcut(
                tables.deeplabcut_table(clip, names, scorer, several), h5, text
            )
            yield h5, ''
            yield text, ''
    if 'slp' in files:
        from .sleap_predictions import write_sleap

        write_sleap(clips, keypoints, files['slp'][0])
        yield files['slp'][0], ''
    for clip, file in zip(clips, files.get('lightning-pose', ()), strict=False):
        others = tables.write_lightning_pose(clip, names, scorer, file)
        yield file, f'{others} poses that are not the best of their frame' * bool(others)
    if 'csv' in files:
        tables.write_plain_csv(clips, names, files['csv'][0])
        yield files['csv'][0], ''
