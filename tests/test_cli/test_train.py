"""What ``mmpose-addons train`` adds to a config."""

import json
import sys

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from helpers import tiny_domains
from mmpose_addons_cli.train import add_hooks, changed_configs, main, parse_args
from mmpose_addons_core.datasets.coco_report import DatasetError


def hooks_after(config, **arguments):
    config = Config(config)
    add_hooks(config, **dict(dict(check=None, channels_last=False), **arguments))
    return config.custom_hooks


def test_channels_last_is_added_once():
    added = [dict(type='mmpose.ChannelsLastHook')]
    assert hooks_after({}, channels_last=True) == added
    assert hooks_after(dict(custom_hooks=None), channels_last=True) == added
    for name in ('ChannelsLastHook', 'mmpose.ChannelsLastHook'):
        own = [dict(type=name)]
        assert hooks_after(dict(custom_hooks=own), channels_last=True) == own
    assert hooks_after({}) == []


def test_check_goes_to_the_diagnosis():
    adaptation = dict(train_dataloader=dict(dataset=dict(source={}, target={})))
    (hook,) = hooks_after(adaptation, check='check.json')
    assert hook == dict(type='mmpose.DiagnosisHook', interval=10, check='check.json')
    ccssl = dict(type='CCSSLHook', interval=3)
    adaptation['custom_hooks'] = [ccssl]
    assert hooks_after(adaptation, check='a')[1].interval == 3
    own = dict(type='DiagnosisHook', interval=7, samples=50)
    assert hooks_after(dict(custom_hooks=[own]), check='a') == [dict(own, check='a')]


@pytest.mark.parametrize('loader', [{}, dict(dataset=dict(type='CocoDataset'))])
def test_check_without_a_target(loader):
    with pytest.raises(DatasetError, match=r'needs a training with a target set .*, got'):
        hooks_after(dict(train_dataloader=loader), check='a')


def test_configs_are_changed_in_the_block_only(monkeypatch):
    seen = []
    monkeypatch.setattr(Runner, '__init__', lambda self, **kwargs: seen.append(kwargs))
    config = Config(dict(model={}, work_dir=''))
    with changed_configs(lambda config: config.update(work_dir='changed')):
        Runner.from_cfg(config)
    assert seen[0]['work_dir'] == 'changed'
    config.work_dir = 'as it is'
    Runner.from_cfg(config)
    assert seen[1]['work_dir'] == 'as it is'


def test_options_of_mmpose_pass(tmp_path, capsys):
    check = tmp_path / 'check.json'
    check.write_text('{}')
    ours, others = parse_args(['a.py', '--check', str(check), '--work-dir', 'w', '--resume'])
    assert ours.check == check
    assert others == ['a.py', '--work-dir', 'w', '--resume']
    assert main(['a.py', '--check', str(tmp_path / 'none.json')]) == 2
    assert 'none.json, not a file' in capsys.readouterr().err


def test_an_adaptation_with_labels_to_check(run_command, tmp_path, monkeypatch):
    folder = tiny_domains.write_domains(tmp_path / 'data')
    config = tiny_domains.config(folder, tmp_path / 'run', epochs=1)
    config.custom_imports = dict(imports=['helpers.tiny_domains'])
    config.model.batch_norm = 'target'
    config.dump(tmp_path / 'adapt.py')
    monkeypatch.setattr(sys, 'argv', ['train.py'])
    monkeypatch.setattr(sys, 'path', [*sys.path])
    status, *_ = run_command(
        *('train', tmp_path / 'adapt.py', '--check', folder / 'target.json'),
        *('--cfg-options', 'custom_hooks.0.num_workers=0'),
    )
    assert status == 0
    records = json.loads((tmp_path / 'run/diagnosis.json').read_text())
    assert [record['epoch'] for record in records] == [0, 1]
    assert records[1]['check']['images'] == 12
    log = next((tmp_path / 'run').rglob('*.log')).read_text()
    assert 'ChannelsLastHook' in log
    checkpoint = torch.load(tmp_path / 'run/epoch_1.pth', weights_only=False)
    assert "batch_norm='target'" in checkpoint['meta']['cfg']
    # the report finds the diagnosis beside the labels
    status, *_ = run_command('report', tmp_path / 'run/pseudo_labels')
    page = (tmp_path / 'run/pseudo_labels/report.html').read_text()
    assert (status, '<th>check: pck</th>' in page) == (0, True)
