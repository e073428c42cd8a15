"""A training that stops at a chosen moment, as if it was killed."""

from mmengine.hooks import Hook


class Stop(Exception):
    """Stands for a kill."""


class StopAt(Hook):
    """Raises :class:`Stop` at one point of an epoch.

    Args:
        epoch: From 0.
        where: ``'batch'``: before the fourth; ``'save'``: before a checkpoint is written;
            ``'end'``: after it is.
    """

    priority = 'LOWEST'

    def __init__(self, epoch, where):
        self.epoch, self.where = epoch, where

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if self.where == 'batch' and runner.epoch == self.epoch and batch_idx == 3:
            raise Stop

    def before_save_checkpoint(self, runner, checkpoint):
        if self.where == 'save' and runner.epoch == self.epoch:
            raise Stop

    def after_train_epoch(self, runner):
        if self.where == 'end' and runner.epoch == self.epoch:
            raise Stop
