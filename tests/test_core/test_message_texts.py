import os
from pathlib import Path

from mmpose_addons_core.message_texts import shown


def test_any_name_can_be_printed():
    for name in (b'caf\xe9.jpg', 'café.jpg'.encode(), b'a\nb\x1b[31m.jpg', b'plain.jpg'):
        text = shown(Path(os.fsdecode(name)))
        assert text.encode('utf-8')
        assert text.isprintable()
    assert shown('café.jpg') == 'café.jpg'
