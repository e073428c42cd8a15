"""The pages of docs/ on inference, followed to the letter on small networks and data."""

import re
import shutil
from pathlib import Path

import cv2
import pytest
import torch
from mmengine.config import Config

from helpers.commands import run_shell
from helpers.detectors import detector_config
from helpers.networks import filled
from helpers.poses import pose_config, pose_model, random_image
from helpers.published_networks import pose_hrnet_shapes
from mmpose_addons.apis import BoxDetector
from mmpose_addons.checkpoints import write_checkpoint
from mmpose_addons.estimators.loading import load_pose_model
from mmpose_addons_toys import make_toy_people

CONFIGS = Path(__file__).parents[1] / 'configs'
TOY = CONFIGS / 'body_2d_keypoint/lpn/toy/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py'
QUICK = {
    './tools/demo.sh': 'true',  # what it leaves behind is made below
    '. .venv/bin/activate': 'true',
    '--threads 2 --rounds 5': '--threads 1 --rounds 1 --people 2 --images 2 --batches 1 '
    f'--config "{TOY}"',
    # test_benchmarks.py runs this one
    'train_step.py --threads 2 --keep-memory': 'train_step.py --help',
    'projects.py --data data --seeds 0 1 2 --minutes 20': 'projects.py --help',
    '--images 2000': '--images 8',
    '--images 400': '--images 8',
    '    hrnet-w32.pth': '    hrnet-w32.pth --cfg-options '
    'test_dataloader.dataset.data_root=toy/ test_dataloader.dataset.bbox_file=None '
    'test_dataloader.dataset.ann_file=annotations/people_val.json '
    'test_dataloader.dataset.data_prefix.img=images/val/ test_dataloader.num_workers=0 '
    'test_dataloader.persistent_workers=False '
    'test_evaluator.ann_file=toy/annotations/people_val.json',
    '--work-dir work_dirs/detector': '--work-dir work_dirs/detector --cfg-options '
    'train_cfg.max_epochs=1 train_cfg.val_interval=1 train_dataloader.num_workers=0 '
    'train_dataloader.persistent_workers=False train_dataloader.batch_size=4 '
    'val_dataloader.num_workers=0 val_dataloader.persistent_workers=False',
}


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    """What the pages speak of: two networks, photographs, a video, a data set."""
    monkeypatch.chdir(tmp_path)
    detector = BoxDetector(detector_config(), None).model
    for name, config, model in (
        ('pose', pose_config(), pose_model()),
        ('detector', detector_config(), detector),
    ):
        Config(config.to_dict()).dump(f'{name}.py')
        write_checkpoint(tmp_path / f'{name}.pth', model.state_dict(), {})
    (tmp_path / 'photos').mkdir()
    video = cv2.VideoWriter('dance.mp4', cv2.VideoWriter_fourcc(*'mp4v'), 5, (160, 120))
    for number in range(3):
        cv2.imwrite(f'photos/{number}.jpg', random_image(rng))
        video.write(random_image(rng))
    video.release()
    published = filled(pose_hrnet_shapes(4, 17))
    torch.save(published, 'pose_hrnet_w32_256x192.pth')
    make_toy_people(tmp_path / 'toy', images=4, val_fraction=0.5, size=96)
    shutil.copytree('toy/images', 'images')
    shutil.copy('toy/annotations/people_val.json', 'people_val.json')
    return tmp_path


def run(repo, commands):
    for full, small in QUICK.items():
        commands = commands.replace(full, small)
    commands = re.sub(r'python tools/', f'python {repo}/tools/', commands)
    commands = re.sub(r' configs/', f' {repo}/configs/', commands)
    log = Path('log.txt')
    assert run_shell(commands, log) == 0, commands + log.read_text()[-3000:]
    log.unlink()


@pytest.mark.parametrize(
    ('line', 'status'),
    [
        ('python -c "import sys; sys.exit(len(sys.argv))" a', 2),
        ('python -c "1 / 0"', 1),
        ('mmpose-addons nothing', 2),
        ('false', 1),
        ('true', 0),
    ],
)
def test_a_failing_command_ends_the_page(tmp_path, line, status):
    log = tmp_path / 'log.txt'
    assert run_shell(f'{line}\npython -c "print(40 + 2)"', log, folder=tmp_path) == status
    assert ('42\n' in log.read_text()) == (status == 0)


def run_page(repo, name):
    """Run the page's shell commands; its Python code is given back."""
    page = (repo / 'docs' / name).read_text()
    for commands in re.findall(r'```bash\n(.*?)```', page, re.S):
        run(repo, commands)
    return re.findall(r'```python\n(.*?)```', page, re.S)


@pytest.mark.slow
def test_inference(repo, folder):
    codes = run_page(repo, 'inference.md')
    made = ('poses/results.json', 'poses/dance.mp4', 'boxes.json')
    made += ('work_dirs/detector/epoch_1.pth',)
    assert [file for file in made if not (folder / file).is_file()] == []
    for code in codes:
        exec(code, {})


@pytest.mark.slow
def test_export(repo, folder):
    pytest.importorskip('onnxruntime')
    run_page(repo, 'export.md')
    assert len(list((folder / 'poses/visualizations').iterdir())) == 3


@pytest.mark.slow
def test_deployment(repo, folder):
    pytest.importorskip('onnxruntime')
    (code,) = run_page(repo, 'deployment.md')
    assert (folder / 'poses/results.json').is_file()
    assert len((folder / 'bench.csv').read_text().splitlines()) == 5
    exec(code, {})


@pytest.mark.slow
def test_quickstart(repo, folder):
    demo = folder / 'work_dirs/demo'
    write_checkpoint(demo / 'e.pth', load_pose_model(TOY, None, 'cpu').state_dict(), {})
    (demo / 'last_checkpoint').write_text(str(demo / 'e.pth'))
    make_toy_people(folder / 'data/toy_people', images=8, val_fraction=0.25, scenes='calm')
    run_page(repo, 'quickstart.md')
    assert len(list((folder / 'work_dirs/poses/visualizations').iterdir())) == 2


@pytest.mark.slow
def test_data(repo, folder):
    shutil.copy('people_val.json', 'annotations.json')
    (folder / 'images/val').rename(folder / 'val')
    shutil.copytree('val', 'images', dirs_exist_ok=True)
    run_page(repo, 'data.md')
    assert len(list((folder / 'data/toy_people/images').rglob('*.jpg'))) == 8


@pytest.mark.slow
def test_heatmap_networks(repo, folder):
    run_page(repo, 'heatmap_networks.md')
    assert (folder / 'hrnet-w32.pth').is_file()


@pytest.mark.slow
@pytest.mark.parametrize('page', ['troubleshooting.md', 'benchmarks.md'])
def test_other_pages(repo, folder, page):
    assert run_page(repo, page) == []


def test_every_page_is_in_the_list(repo):
    listed = re.findall(r'\]\((\w+\.md)\)', (repo / 'docs/README.md').read_text())
    pages = {page.name for page in repo.glob('docs/*.md')} - {'README.md'}
    assert set(listed) == pages


def test_links_lead_somewhere(repo):
    pages = [repo / 'README.md', *repo.glob('docs/*.md'), *repo.glob('configs/*/*/README.md')]
    for page in pages:
        for target in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', page.read_text()):
            assert (page.parent / target).exists(), f'{page.name}: {target}'
