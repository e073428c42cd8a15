"""Files that cannot be written end every command with one line and the true reason."""

import io
import sys

import cv2
import numpy as np
import pytest
import torch

from helpers import commands
from mmpose_addons_cli.errors import CommandError, in_one_line
from mmpose_addons_cli.main import COMMANDS, load_command
from mmpose_addons_core.image_writing import ImageWriteError, write_image
from mmpose_addons_runtime import ModelError


class OfWorkerError(ModelError):
    """Ray gives errors of its workers a class of its own, like this one."""


def test_every_command_is_guarded():
    for name in COMMANDS:
        if name != 'doctor':  # writes no files
            assert hasattr(load_command(name).main, '__wrapped__'), name


@pytest.mark.parametrize(
    ('error', 'status', 'line'),
    [
        (
            OSError(28, 'No space left on device', 'a/.12.b.png'),
            1,
            'a/b.png: No space left on ',
        ),
        (PermissionError(13, 'Permission denied', 'b.png'), 2, 'b.png: Permission denied'),
        (FileExistsError('b.png exists; --force overwrites it'), 2, 'b.png exists; --force ov'),
        (ImageWriteError('b.x: expected a suffix'), 2, 'b.x: expected a suffix'),
        (CommandError('--names must be different'), 2, '--names must be different'),
        (OfWorkerError('pose.pth is missing'), 2, 'pose.pth is missing'),
    ],
)
def test_one_line(capsys, error, status, line):
    @in_one_line('sheet')
    def fail(argv):
        raise error

    assert fail([]) == status
    output = capsys.readouterr().err
    assert output.startswith(f'sheet: {line}')
    assert output.count('\n') == 1


def test_mistakes_of_the_program_keep_their_traceback():
    @in_one_line('sheet')
    def fail(argv):
        raise ValueError('shapes do not fit')

    with pytest.raises(ValueError, match='shapes do not fit'):
        fail([])


def test_a_full_disk_keeps_the_older_file(tmp_path):
    torch.save(dict(w=torch.rand(50_000)), tmp_path / 'a.pth')
    (tmp_path / 'b.pth').write_text('older')
    words = 'mmpose-addons', 'edit-checkpoint', 'a.pth', '--out', 'b.pth', '--force'
    log = tmp_path / 'log'
    status = commands.run_command(*words, output=log, folder=tmp_path, largest_file=100_000)
    assert (status, log.read_text()) == (1, 'edit-checkpoint: b.pth: File too large\n')
    assert (tmp_path / 'b.pth').read_text() == 'older'
    assert sorted(file.name for file in tmp_path.iterdir()) == ['a.pth', 'b.pth', 'log']


def test_a_file_in_place_of_a_folder(tmp_path, run_command):
    torch.save(dict(w=torch.ones(1)), tmp_path / 'a.pth')
    status, _, errors = run_command(
        'edit-checkpoint', tmp_path / 'a.pth', '--out', tmp_path / 'a.pth/b.pth'
    )
    assert status == 2
    assert errors == f'edit-checkpoint: {tmp_path}/a.pth: is a file, a folder is needed\n'


def test_a_link_to_nothing_in_place_of_a_folder(tmp_path, run_command):
    torch.save(dict(w=torch.ones(1)), tmp_path / 'a.pth')
    (tmp_path / 'out').symlink_to('nowhere')
    status, _, errors = run_command(
        'edit-checkpoint', tmp_path / 'a.pth', '--out', tmp_path / 'out/b.pth'
    )
    assert status == 2
    assert errors == (
        f'edit-checkpoint: {tmp_path}/out: is a link to nowhere, which is missing\n'
    )


def test_ctrl_c(capsys):
    @in_one_line('sheet')
    def stop(argv):
        raise KeyboardInterrupt

    assert stop([]) == 130
    assert capsys.readouterr().err == 'sheet: stopped by Ctrl-C\n'


def test_images(tmp_path):
    image = np.zeros((4, 5, 3), np.uint8)
    write_image(tmp_path / 'new/a.png', image)
    assert cv2.imread(str(tmp_path / 'new/a.png')).shape == (4, 5, 3)
    with pytest.raises(ImageWriteError, match=r"a\.x: expected a suffix .*, got '\.x'"):
        write_image(tmp_path / 'a.x', image)
    with pytest.raises(NotADirectoryError):
        write_image(tmp_path / 'new/a.png/b/c.png', image)


def test_any_name_can_be_printed(monkeypatch):
    @in_one_line('sheet')
    def tell(argv):
        print('a name: \udcff')
        return 0

    stream = io.TextIOWrapper(io.BytesIO(), encoding='utf-8', errors='strict')
    monkeypatch.setattr(sys, 'stdout', stream)
    assert tell([]) == 0
    stream.seek(0)
    assert stream.read() == 'a name: \\udcff\n'
