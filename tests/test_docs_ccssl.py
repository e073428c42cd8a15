"""The steps of the pages on adaptation, followed to the letter on small images."""

import re

import pytest

from helpers import tiny_domains
from helpers.commands import run_shell

SMALL = {
    'keypoints = 18': 'keypoints = 3',
    'batch_size=32': 'batch_size=8',
    '(64, 64)': '(16, 16)',
    '(256, 256)': '(64, 64)',
}
QUICK = (
    'train_cfg.max_epochs=1 train_dataloader.num_workers=0 '
    'train_dataloader.persistent_workers=False'
)


@pytest.mark.slow
def test_from_frames_to_an_adapted_network(repo, tmp_path):
    ccssl, _ = (repo / 'docs' / 'ccssl.md').read_text().split('## Settings')
    teacher, _ = (repo / 'docs' / 'mean_teacher.md').read_text().split('## Which weights')
    page = ccssl + teacher
    data = tiny_domains.write_domains(tmp_path / 'data', source=8, target=8)
    for index, frame in enumerate(sorted((data / 'target').iterdir())):
        video = data / 'frames' / f'video{index // 4}'
        video.mkdir(parents=True, exist_ok=True)
        frame.rename(video / frame.name)
    source = (data / 'source.json').read_text().replace('source/', '')
    (data / 'source.json').write_text(source)
    (data / 'keypoints.py').write_text(f'dataset_info = {tiny_domains.METAINFO!r}\n')

    configs = re.findall(r'`(\w+\.py)`[^\n]*:\n\n```python\n(.*?)```', page, re.S)
    assert [name for name, _ in configs] == ['source.py', 'ccssl.py', 'mean_teacher.py']
    for name, text in configs:
        for stands, small in SMALL.items():
            text = text.replace(stands, small)
        (tmp_path / name).write_text(text)

    log = tmp_path / 'log.txt'
    for commands in re.findall(r'```bash\n(.*?)```', page, re.S):
        commands = re.sub(r'(mmpose-addons train .*)', rf'\1 --cfg-options {QUICK}', commands)
        status = run_shell(commands, log, folder=tmp_path)
        assert status == 0, log.read_text()[-3000:]
    assert (tmp_path / 'work' / 'ccssl' / 'epoch_1.pth').exists()
    report = (tmp_path / 'work' / 'ccssl' / 'pseudo_labels' / 'report.html').read_text()
    assert 'of 8 images are kept' in report
    assert (tmp_path / 'work' / 'adabn.pth').exists()
    report = (tmp_path / 'work/mean_teacher/teacher_labels/report.html').read_text()
    assert 'of 8 images are kept' in report

    for name in ('ccssl', 'mean_teacher'):
        file = f'work/{name}/epoch_1.pth'
        for command in (
            f'test {name}.py {file}',
            f'infer data/frames/video0 --pose {name}.py {file} --out poses --save-json',
        ):
            status = run_shell(f'mmpose-addons {command}', log, folder=tmp_path)
            assert status == 0, log.read_text()[-3000:]
