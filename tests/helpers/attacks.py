"""Checkpoints that would run code when they are unpickled; each would make a file ``ran``."""

import functools
import importlib
import operator
import os
import subprocess
import zipfile

import numpy as np
import torch
from torch import nn

MARK = 'open("ran", "w").close()'


class Call:
    """Calls a function when it is unpickled."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


# Name that a refusal must contain, and what is pickled.
CALLS = [
    ('posix.system', Call(os.system, 'touch ran')),
    ('subprocess.Popen', Call(subprocess.Popen, ['touch', 'ran'])),
    ('builtins.eval', Call(eval, MARK)),
    ('builtins.exec', Call(exec, MARK)),
    ('io.open', Call(open, 'ran', 'w')),
    ('importlib.import_module', Call(importlib.import_module, 'ran')),
    ('builtins.getattr', Call(getattr, np.ndarray, 'tofile')),
    ('builtins.map', Call(list, Call(map, eval, [MARK]))),
    ('functools.partial', functools.partial(os.system, 'touch ran')),
    ('operator.attrgetter', operator.attrgetter('__class__')),
    ('torch.serialization.load', Call(torch.load, 'ran')),
    ('torch.storage._load_from_bytes', Call(torch.storage._load_from_bytes, b'ran')),
    ('torch.hub.load', Call(torch.hub.load, 'ran')),
    ('torch.nn.modules.linear.Linear', nn.Linear(1, 1)),
    ('numpy.load', Call(np.load, 'ran')),
]
# Pickles by hand, of operations that Python does not write by itself.
RAW = [
    ('posix.system', b'(S"touch ran"\niposix\nsystem\n.'),  # INST
    ('posix.system', b'\x80\x02(cposix\nsystem\nX\x09\0\0\0touch rano.'),  # OBJ
    ('os.system', b'\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x09touch ran\x85R.'),
    ('torch.os.system', b'\x80\x04\x8c\x05torch\x8c\x09os.system\x93\x8c\x09touch ran\x85R.'),
    (
        'torch._utils.importlib.import_module',
        b'\x80\x04\x8c\x0ctorch._utils\x8c\x17importlib.import_module\x93\x8c\x03ran\x85R.',
    ),
    # a method of what may be named: np.ndarray.tofile, by a dotted name
    ('numpy.ndarray.tofile', b'\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.'),
]
# Pickles that name only what is known, and misuse it.
MISUSED = [
    # state of a class: replaces torch.Tensor.__repr__
    b'\x80\x02ctorch\nTensor\nN}X\x08\0\0\0__repr__cbuiltins\nlist\ns\x86b.',
    # state of a function
    b'\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\0\0\0aK\x01sb.',
    # call of a result: the type of a tensor is no function of the table
    b'\x80\x02]R.',
    # arrays of objects from bytes, which would be taken for addresses
    b'\x80\x02cnumpy\ndtype\nX\x02\0\0\0O8\x85R.',
    b'\x80\x02cnumpy\nndarray\nK\x01\x85R.',
    b'\x80\x02c_codecs\nencode\nX\x01\0\0\0aX\x03\0\0\0zip\x86R.',
]


def write_raw(file, content: bytes) -> None:
    """A checkpoint in PyTorch's format whose pickle is given."""
    with zipfile.ZipFile(file, 'w') as archive:
        archive.writestr('a/data.pkl', content)
        archive.writestr('a/version', '3\n')
