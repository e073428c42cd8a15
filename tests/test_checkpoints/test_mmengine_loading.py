"""Every way on which MMEngine and MMPose load a checkpoint."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
from mmengine.model import BaseModule
from mmengine.registry import MODELS
from mmengine.runner import CheckpointLoader, Runner, load_checkpoint
from mmpose.apis import init_model

from helpers.attacks import CALLS
from helpers.poses import pose_config
from helpers.tiny import Line
from mmpose_addons.checkpoints import CheckpointError, UnsafeCheckpointError, load_file
from mmpose_addons.checkpoints.trust import TRUST_VARIABLE, trust_by_config
from mmpose_addons.estimators.loading import ModelError, load_pose_model

SYSTEM = dict(CALLS)['posix.system']


@pytest.fixture(autouse=True)
def evil(tmp_path, monkeypatch):
    """A checkpoint that makes a file ``ran``."""
    monkeypatch.chdir(tmp_path)
    weights = {'linear.weight': torch.tensor([[3.0]]), 'linear.bias': torch.ones(1)}
    torch.save(dict(state_dict=weights, meta={}, evil=SYSTEM), 'evil.pth')
    return tmp_path / 'evil.pth'


class Pretrained(BaseModule):
    def __init__(self, file):
        super().__init__(dict(type='Pretrained', checkpoint=str(file)))
        self.linear = torch.nn.Linear(1, 1)


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args) -> None:
        """Nothing."""


@pytest.fixture
def address(tmp_path, monkeypatch):
    """Of this folder, on a server of this process."""
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'home'))
    handler = functools.partial(Handler, directory=tmp_path)
    server = ThreadingHTTPServer(('127.0.0.1', 0), handler)
    threading.Thread(target=server.serve_forever).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()


WAYS = {
    'Runner.load_checkpoint': lambda make, file: make().load_checkpoint(str(file)),
    'load_from, train': lambda make, file: make(load_from=str(file)).train(),
    'load_from, test': lambda make, file: make(load_from=str(file)).load_or_resume(),
    'Runner.resume': lambda make, file: make().resume(str(file)),
    'resume': lambda make, file: make(load_from=str(file), resume=True).train(),
    'Pretrained': lambda make, file: Pretrained(file).init_weights(),
    'mmengine': lambda make, file: load_checkpoint(Line(), str(file)),
    'loader': lambda make, file: CheckpointLoader.load_checkpoint(str(file)),
    'init_model': lambda make, file: init_model(pose_config(), str(file), 'cpu'),
    'load_file': lambda make, file: load_file(file),
}


@pytest.mark.parametrize('way', WAYS.values(), ids=WAYS)
def test_local_files(tiny_runner, tmp_path, evil, way):
    with pytest.raises(UnsafeCheckpointError, match=r'evil\.pth is refused.* names posix\.sys'):
        way(tiny_runner, evil)
    assert not (tmp_path / 'ran').exists()


def test_networks_for_inference(tmp_path, evil):
    with pytest.raises(ModelError, match=r'evil\.pth is refused.* names posix\.sys'):
        load_pose_model(pose_config(), evil, 'cpu')
    assert not (tmp_path / 'ran').exists()


def test_the_latest_checkpoint(tiny_runner, tmp_path, evil):
    (tmp_path / 'work').mkdir()
    (tmp_path / 'work/last_checkpoint').write_text(str(evil))
    with pytest.raises(UnsafeCheckpointError, match=r'posix\.system'):
        tiny_runner(resume=True).train()
    assert not (tmp_path / 'ran').exists()


def test_addresses(tmp_path, address):
    with pytest.raises(UnsafeCheckpointError, match=r'evil\.pth is refused'):
        load_checkpoint(Line(), f'{address}/evil.pth')
    assert not (tmp_path / 'ran').exists()
    torch.save({'linear.weight': torch.tensor([[3.0]]), 'linear.bias': torch.ones(1)}, 'a.pth')
    model = Line()
    for _ in range(2):  # the second time without a download
        load_checkpoint(model, f'{address}/a.pth')
        (tmp_path / 'a.pth').unlink(missing_ok=True)
    assert model.linear.weight.item() == 3
    assert [file.name for file in (tmp_path / 'home/hub/checkpoints').iterdir()] == [
        'evil.pth',
        'a.pth',
    ]


@pytest.fixture
def trust_again():
    yield
    trust_by_config(False)


def test_files_that_the_user_trusts(tmp_path, monkeypatch, evil):
    monkeypatch.setenv(TRUST_VARIABLE, '1')
    model = Line()
    load_checkpoint(model, str(evil))
    assert model.linear.weight.item() == 3
    assert (tmp_path / 'ran').exists()
    evil.write_bytes(evil.read_bytes()[:500])
    with pytest.raises(CheckpointError, match='cut off'):
        load_checkpoint(model, str(evil))
    monkeypatch.setenv(TRUST_VARIABLE, 'maybe')
    with pytest.raises(ValueError, match="takes 1 or 0, got 'maybe'"):
        load_checkpoint(model, str(evil))


@pytest.mark.usefixtures('trust_again')
def test_a_config_that_trusts(tmp_path, evil):
    MODELS.register_module(name='TrustedLine', module=Line, force=True)
    config = dict(model=dict(type='TrustedLine'), work_dir='work', load_from=str(evil))
    config |= dict(experiment_name='trusted', default_scope='mmengine')
    Runner.from_cfg(dict(config, trust_checkpoint=True)).load_or_resume()
    assert (tmp_path / 'ran').exists()
    (tmp_path / 'ran').unlink()
    runner = Runner.from_cfg(dict(config, experiment_name='not trusted'))
    with pytest.raises(UnsafeCheckpointError, match=r'posix\.system'):
        runner.load_or_resume()
    assert not (tmp_path / 'ran').exists()


def test_a_training_of_mmengine_alone_resumes(tiny_runner, tmp_path, monkeypatch):
    """Its checkpoints name methods of the log history by getattr."""
    from mmengine.logging import HistoryBuffer

    monkeypatch.setattr(
        HistoryBuffer,
        '__getstate__',
        lambda buffer: dict(vars(buffer), statistics_methods=buffer._statistics_methods),
    )
    runner = tiny_runner()
    runner.train()
    resumed = tiny_runner(resume=True, train_cfg=dict(by_epoch=True, max_epochs=3))
    resumed.train()
    assert resumed.epoch == 3
    kept = resumed.message_hub.get_scalar('train/loss')
    assert len(kept.data[0]) == 3 / 2 * len(runner.message_hub.get_scalar('train/loss').data[0])
