"""Names that MMCV asks for: those that work, those that raise, those that do not exist."""

import subprocess
import sys

import pytest
import torch
from mmcv.ops import box_iou_rotated

from mmpose_addons_fallbacks import mmcv_operators


def test_an_operator_without_replacement_says_what_to_do():
    box = torch.tensor([[5, 5, 4, 2, 0.3]])
    with pytest.raises(mmcv_operators.CompiledOperatorNeeded) as raised:
        box_iou_rotated(box, box)
    message = str(raised.value)
    assert "operator 'box_iou_rotated' needs MMCV's compiled extension" in message
    assert 'tools/install.sh --compiled-operators' in message
    assert isinstance(raised.value, NotImplementedError)


def test_private_names_do_not_exist():
    with pytest.raises(AttributeError, match='__wrapped__'):
        mmcv_operators.__wrapped__  # noqa: B018
    assert not hasattr(mmcv_operators, '_anything')


def test_every_listed_name_is_a_function_of_ours():
    for name in set(mmcv_operators.__all__) - {'CompiledOperatorNeeded'}:
        assert name in vars(mmcv_operators)
        assert callable(getattr(mmcv_operators, name))


def test_reports_name_torchvision():
    import torchvision

    version = f'torchvision {torchvision.__version__}'
    assert version in mmcv_operators.get_compiler_version()
    assert version in mmcv_operators.get_compiling_cuda_version()


def test_import_does_not_load_torchvision():
    script = (
        'import sys, torch; before = set(sys.modules); '
        'import mmpose_addons_fallbacks.mmcv_operators; '
        "print([n for n in set(sys.modules) - before if n.startswith('torchvision')])"
    )
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True)
    assert done.stdout == '[]\n', done.stderr


def test_the_page_lists_what_exists(repo):
    page = (repo / 'docs/operators.md').read_text()
    table = page.split('## Which operators')[1].split('**Every other')[0]
    listed = {name for row in table.split('\n|')[3:] for name in row.split('|')[1].split('`')}
    functions = {n for n in mmcv_operators.__all__ if not n.startswith(('get_', 'Compiled'))}
    assert {name for name in listed if name.isidentifier()} == functions
