"""Checkpoints that a kill or a full disk cannot destroy."""

import atexit
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mmengine.dist import is_main_process
from mmengine.fileio import LocalBackend, get_file_backend
from mmengine.hooks import CheckpointHook as MMEngineCheckpointHook
from mmengine.logging import MessageHub
from mmengine.runner import Runner
from mmpose.registry import HOOKS

from mmpose_addons_core.fileio import remove_half_files
from mmpose_addons_core.folder_lock import lock_folder

from ..atomic_backend import AtomicBackend

OUTDATED = 'outdated_ckpts'
"""In the message hub: names of checkpoints that are removed after the next one is saved."""
_work_dirs: dict[str, ExitStack] = {}
"""Locks of the work dirs that this process trains in."""


@HOOKS.register_module()
class CheckpointHook(MMEngineCheckpointHook):
    """MMEngine's hook, but at any moment a whole checkpoint is on the disk.

    It has the same name, so that configs in the scope of MMPose take it; others write
    ``default_hooks = dict(checkpoint=dict(type='mmpose.CheckpointHook'))``.

    - A checkpoint is written under another name and then renamed (:class:`AtomicBackend`),
      unless ``backend_args`` or ``file_client_args`` name another backend.
    - Outdated checkpoints, also former best ones, are removed after the new one is saved, or
      when a killed training resumes. So the disk needs space for one more than
      ``max_keep_ckpts``. Files outside the folder of checkpoints are never removed.
    - Half files that a killed training has left in the folder are removed.
    - The work dir is locked while the training runs.

    Raises:
        FolderInUseError: Another training runs in the work dir; the message names it.
    """

    backend_args: dict[str, Any] | None
    file_backend: Any

    def before_train(self, runner: Runner) -> None:
        """Lock the work dir, and choose the backend."""
        if is_main_process():
            _lock(runner.work_dir)
        local = type(get_file_backend(self.out_dir or runner.work_dir)) is LocalBackend
        if local and not (self.backend_args or self.file_client_args):
            self.backend_args = dict(backend='atomic')
        super().before_train(runner)
        self.file_backend = _LateRemoval(self.file_backend, self.out_dir, runner.message_hub)
        if is_main_process() and isinstance(self.file_backend.backend, AtomicBackend):
            if os.path.isdir(self.out_dir):
                remove_half_files(Path(self.out_dir))
            self._remove_outdated()  # of a training that was killed before it could

    def after_train(self, runner: Runner) -> None:
        """Publish as MMEngine does, and let go of the work dir."""
        super().after_train(runner)
        _unlock(runner.work_dir)

    def _save_checkpoint(self, runner: Runner) -> None:
        super()._save_checkpoint(runner)
        self._remove_outdated()

    def _save_best_checkpoint(self, runner: Runner, metrics: dict[str, float]) -> None:
        super()._save_best_checkpoint(runner, metrics)
        self._remove_outdated()

    def _remove_outdated(self) -> None:
        """Remove what MMEngine wanted to remove before it saved."""
        best = getattr(self, 'best_ckpt_path_dict', {}).values()
        kept = [self.last_ckpt, getattr(self, 'best_ckpt_path', None), *best]
        self.file_backend.remove_all_but([str(path) for path in kept])


class _LateRemoval:
    """A file backend that removes when it is told to, and not before.

    What is to be removed stands in the message hub, and so in the checkpoint that is saved
    meanwhile: a training that is killed removes it when it resumes.

    Attributes:
        backend: Does everything else.
    """

    def __init__(self, backend: Any, folder: str, hub: MessageHub) -> None:
        self.backend, self.folder, self.hub = backend, folder, hub

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    def remove(self, filepath: str) -> None:
        name = os.path.basename(filepath)
        if str(filepath) == self._path(name):  # a checkpoint may name any file as its best
            self.hub.update_info(OUTDATED, [*self._names(), name])

    rmtree = remove  # checkpoints of DeepSpeed are folders

    def remove_all_but(self, kept: Sequence[str]) -> None:
        """Remove what was asked for; ``kept`` has been saved under its name again."""
        paths = [self._path(os.path.basename(name)) for name in self._names()]
        self.hub.update_info(OUTDATED, [])
        for path in paths:
            if path in kept:
                continue
            if self.backend.isfile(path):
                self.backend.remove(path)
            elif self.backend.isdir(path):
                self.backend.rmtree(path)

    def _names(self) -> list[str]:
        return self.hub.get_info(OUTDATED, [])

    def _path(self, name: str) -> str:
        return str(self.backend.join_path(self.folder, name))


def _lock(work_dir: str) -> None:
    _unlock(work_dir)  # of a training in this process that ended by an error
    lock = ExitStack()
    lock.enter_context(lock_folder(work_dir))
    _work_dirs[os.path.realpath(work_dir)] = lock


def _unlock(work_dir: str) -> None:
    lock = _work_dirs.pop(os.path.realpath(work_dir), None)
    if lock is not None:
        lock.close()


@atexit.register
def _unlock_all() -> None:
    for work_dir in [*_work_dirs]:
        _unlock(work_dir)
