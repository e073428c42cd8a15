"""The page on new videos, followed to the letter on a small toy project."""

import json
import re

import pytest

from helpers.commands import run_shell

SMALL = {
    'toy project --out toy': 'toy project --out toy --images 9 --size 64',
    '--dry-run': '--dry-run --steps 2 --frames 4',
    '--minutes 20': '--steps 2 --frames 4',
    '--count 20': '--count 2',
}


@pytest.mark.slow
def test_from_a_project_to_poses_in_a_new_video(repo, tmp_path):
    page = (repo / 'docs/new_videos.md').read_text()
    log = tmp_path / 'log.txt'
    for commands in re.findall(r'```bash\n(.*?)```', page, re.S):
        for full, small in SMALL.items():
            commands = commands.replace(full, small)
        status = run_shell(commands, log, folder=tmp_path)
        # 3: a body part without a label is left out
        assert status == (3 if ' import ' in commands else 0), log.read_text()[-3000:]
    assert json.loads((tmp_path / 'runs/toy/scores.json').read_text()).keys() == {'val', 'test'}
    assert 'images of --test' in (tmp_path / 'runs/toy/report.html').read_text()
    assert not (tmp_path / 'runs/plan/network.pth').exists()
    made = ('contact_sheet.jpg', 'dataset_info.py', 'report.json')
    assert [name for name in made if not (tmp_path / 'data/toy' / name).is_file()] == []
    poses = {file.name for file in (tmp_path / 'poses').rglob('*') if file.is_file()}
    assert {'new.mp4', 'predictions.slp', 'newDLC_source.h5', 'newDLC_source.csv'} <= poses
    to_label = json.loads((tmp_path / 'to_label.json').read_text())
    assert len(to_label['images']) == 2
