"""tools/benchmarks/diagnose.py on two untrained networks."""

import json

import pytest
import torch
from mmpose.registry import MODELS

from helpers import tiny_domains
from mmpose_addons.checkpoints import write_checkpoint

HIDDEN = {'pck', 'pck@0.1', 'swaps', 'reversals'}


@pytest.fixture
def files(tmp_path):
    """A config of CC-SSL and two checkpoints."""
    config = tiny_domains.config(tiny_domains.write_domains(tmp_path), tmp_path / 'run')
    config.dump(tmp_path / 'ccssl.py')
    for seed in (0, 1):
        torch.manual_seed(seed)
        state = MODELS.build(config.model).state_dict()
        write_checkpoint(tmp_path / 'nets' / f'{seed}.pth', state, {})
    return tmp_path / 'ccssl.py', *(tmp_path / 'nets' / f'{seed}.pth' for seed in (0, 1))


def test_checkpoints_are_diagnosed_and_ranked(run_tool, files, tmp_path):
    out = tmp_path / 'out'
    status, text, _ = run_tool('diagnose.py', *files, '--out', out, '--samples', 8)
    assert not status
    assert text.count('view_agreement') == 2
    estimates = []
    for seed in (0, 1):
        (record,) = json.loads((out / 'nets' / str(seed) / 'diagnosis.json').read_text())
        assert set(record['hidden']) >= HIDDEN
        assert record['estimates']['samples'] == 8
        estimates.append(record['estimates']['view_agreement'])
    assert estimates[0] != estimates[1]
