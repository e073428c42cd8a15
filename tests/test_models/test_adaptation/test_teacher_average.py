import pytest
import torch
from mmengine.model import MomentumAnnealingEMA
from torch import nn

from mmpose_addons.models.adaptation import TeacherAverage


def moved(buffers, steps=3, momentum=0.25):
    """The teacher of a student whose weight and statistic are 1, 2, ... after each step."""
    student = nn.BatchNorm2d(1)
    average = TeacherAverage(student, momentum=momentum, gamma=1, buffers=buffers)
    average.module.running_mean.fill_(9)
    for step in range(steps):
        student.weight.data.fill_(step + 1)
        student.running_mean.fill_(step + 1)
        average.update_parameters(student)
    return average.module


def test_start_up_ramp_by_hand():
    """Steps 0 to 3 weigh the student by 1, 1/2, 1/3 and 1/4, then by the momentum."""
    assert moved('averaged', 2).weight.item() == 1.5
    assert moved('averaged', 3).weight.item() == 2
    assert moved('averaged', 4).weight.item() == 2.5
    assert moved('averaged', 5).weight.item() == pytest.approx(2.5 + 0.25 * 2.5)


@pytest.mark.parametrize(('buffers', 'mean'), [('averaged', 2), ('copied', 3), ('own', 9)])
def test_statistics(buffers, mean):
    assert moved(buffers).running_mean.item() == mean


def test_unknown_buffers():
    with pytest.raises(ValueError, match=r"buffers must be one of .*, got 'frozen'"):
        TeacherAverage(torch.nn.Linear(1, 1), buffers='frozen')


@pytest.mark.parametrize('buffers', ['averaged', 'copied'])
def test_numbers_are_mmengines(buffers):
    torch.manual_seed(1)
    student = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    settings = dict(momentum=0.1, gamma=1)
    ours = TeacherAverage(student, buffers=buffers, **settings)
    theirs = MomentumAnnealingEMA(student, update_buffers=buffers == 'averaged', **settings)
    for _ in range(15):
        student(torch.rand(2, 3, 5, 5)).sum().backward()
        with torch.no_grad():
            for parameter in student.parameters():
                parameter -= parameter.grad
        ours.update_parameters(student)
        theirs.update_parameters(student)
    for name, value in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value, msg=name)
