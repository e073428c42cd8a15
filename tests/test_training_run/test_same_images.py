"""Images that two sets have in common."""

from mmpose_addons.training_run import same_images as module
from mmpose_addons.training_run.same_images import same_images


def test_copies_and_links_are_found_and_other_sizes_are_not_read(tmp_path, monkeypatch):
    contents = dict(a=b'one', b=b'two', c=b'longer', d=b'one', e=b'six', f=b'the longest')
    files = {name: tmp_path / f'{name}.jpg' for name in contents}
    for name, content in contents.items():
        files[name].write_bytes(content)
    (tmp_path / 'link.jpg').symlink_to(files['b'])
    read = []
    plain = module.file_digest
    monkeypatch.setattr(module, 'file_digest', lambda file: read.append(file) or plain(file))
    first = [files['a'], files['b'], files['c']]
    second = [files['d'], files['e'], files['f'], tmp_path / 'link.jpg']
    assert same_images(first, second) == [(files['a'], files['d']), (files['b'], files['b'])]
    assert {file.name for file in read} <= {'a.jpg', 'b.jpg', 'd.jpg', 'e.jpg'}
    assert len(read) == len({*read})
    assert same_images(first, []) == []
