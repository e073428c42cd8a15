"""The smallest model, data and metric that MMEngine's Runner trains and validates."""

from uuid import uuid4

import torch
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Line(BaseModel):
    """One linear layer fitted to y = 2 x."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x, y, mode='tensor'):
        out = self.linear(x)
        if mode == 'loss':
            return dict(loss=nn.functional.mse_loss(out, y))
        return [out.detach()]


class Scores(BaseMetric):
    """Gives out a list of scores, one a validation, under the name ``score``."""

    def __init__(self, scores) -> None:
        super().__init__()
        self.scores = iter(scores)

    def process(self, data_batch, data_samples) -> None:
        self.results.append(0)

    def compute_metrics(self, results) -> dict:
        return dict(score=next(self.scores))


def make_runner(
    work_dir,
    seed=0,
    train_cfg=None,
    scores=(),
    hooks=(),
    lr=0.1,
    param_scheduler=None,
    **kwargs,
) -> Runner:
    x = torch.linspace(-1, 1, 4)[:, None]
    loader = DataLoader(TensorDataset(x, 2 * x), batch_size=2)
    validation = {}
    if scores:
        validation = dict(val_cfg={}, val_dataloader=loader, val_evaluator=[Scores(scores)])
    return Runner(
        model=Line(),
        work_dir=str(work_dir),
        train_dataloader=loader,
        train_cfg=train_cfg or dict(by_epoch=True, max_epochs=2),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=lr)),
        param_scheduler=param_scheduler,
        custom_hooks=list(hooks),
        default_scope='mmpose',
        experiment_name=f'tiny-{uuid4()}',
        randomness=dict(seed=seed),
        log_level='INFO',
        **validation,
        **kwargs,
    )
