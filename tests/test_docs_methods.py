"""Pages on methods: the config lines fit together, and no command names what is not there."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import KEYPOINT_CODECS, MODELS

from mmpose_addons_cli.main import load_command

ROOT = Path(__file__).parents[1]
PAGES = [
    'README.md',
    'docs/animals.md',
    'docs/crop_cache.md',
    'docs/domain_gap.md',
    'docs/face.md',
    'docs/face_losses.md',
]
PAGES += sorted(str(page.relative_to(ROOT)) for page in ROOT.glob('configs/*/*/README.md'))
BASES = 'mmpose::body_2d_keypoint/topdown_heatmap/coco/'
# bash prints these commands in place of running them
PRINTED = """
shown() { printf '%q ' "$@"; echo; }
python() { shown "$@"; }
mim() { shown mim "$@"; }
mmpose-addons() { shown mmpose-addons "$@"; }
ln() { :; }
"""


def blocks(page, language):
    return '\n'.join(re.findall(rf'```{language}\n(.*?)```', (ROOT / page).read_text(), re.S))


def commands_of(page):
    text = re.sub(r'^(git|pip|\./tools).*', '', blocks(page, 'bash'), flags=re.M)
    done = subprocess.run(
        [shutil.which('bash'), '-uc', PRINTED + text],
        capture_output=True,
        text=True,
        env=dict(POSE_SAMPLE_DATA='data', PATH='/nowhere'),
    )
    assert done.returncode == 0, done.stderr
    return [shlex.split(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize('page', PAGES)
def test_commands_are_accepted(page, monkeypatch):
    commands = commands_of(page)
    assert commands
    for command in commands:
        names = {Path(word).name for word in command if re.fullmatch(r'.*td-\S+\.py', word)}
        assert all(any(ROOT.glob(f'configs/**/{name}')) for name in names), command
        script, *rest = command
        if script == 'mim' or command[:2] == ['mmpose-addons', 'test']:  # MMPose's options
            continue
        if script == 'mmpose-addons':
            load_command(rest[0]).parse_args(rest[1:])
        elif script.startswith('tools/benchmarks/'):
            monkeypatch.setattr(sys, 'argv', [script, *rest])
            monkeypatch.syspath_prepend(str((ROOT / script).parent))  # as Python does
            runpy.run_path(str(ROOT / script))['parse_args']()
        else:
            main = runpy.run_path(str(ROOT / script))['main']
            sys.modules[main.__module__].parse_args(rest)


@pytest.mark.parametrize(
    ('page', 'base', 'codec'),
    [
        ('docs/heatmap_networks.md', None, 'DARKHeatmap'),
        (
            'configs/body_2d_keypoint/lpn/README.md',
            'td-hm_res50_8xb64-210e_coco-256x192.py',
            'SoftArgmaxHeatmap',
        ),
        (
            'configs/body_2d_keypoint/dark/README.md',
            'td-hm_hrnet-w32_udp-8xb64-210e_coco-256x192.py',
            'DARKHeatmap',
        ),
        (
            'configs/body_2d_keypoint/udp/README.md',
            'td-hm_hrnet-w32_udp-8xb64-210e_coco-256x192.py',
            'UDPGaussianHeatmap',
        ),
        (
            'configs/body_2d_keypoint/grmi/README.md',
            'td-hm_res101_8xb64-210e_coco-256x192.py',
            'DiskOffsetHeatmap',
        ),
    ],
)
def test_config_lines_fit_their_base(tmp_path, page, base, codec):
    lines = blocks(page, 'python')
    if base:
        lines = f"_base_ = ['{BASES}{base}']\n{lines}"
    (tmp_path / 'mine.py').write_text(lines)
    config = Config.fromfile(tmp_path / 'mine.py')
    init_default_scope('mmpose')
    with torch.device('meta'):
        head = MODELS.build(config.model).head
    decoder = KEYPOINT_CODECS.build(config.model.head.decoder)
    assert type(decoder).__name__ == codec
    assert head.final_layer.out_channels == 17 * decoder.channels_per_keypoint
