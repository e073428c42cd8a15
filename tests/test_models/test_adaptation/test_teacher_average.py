import pytest
import torch
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
