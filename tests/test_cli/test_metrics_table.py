import json


def test_runs_stand_side_by_side(run_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'a.json').write_text(json.dumps({'coco/AP': 0.71234, 'n': 3}))
    (tmp_path / 'b.json').write_text(json.dumps({'coco/AP': 0.5, 'coco/AR': 0.6}))
    command = ['metrics-table', 'a.json', 'b.json']
    _, out, _ = run_command(*command)
    rows = [line.replace('│', ' ').split() for line in out.splitlines()]
    assert ['coco/AP', '0.7123', '0.5000'] in rows
    assert ['coco/AR', '0.6000'] in rows
    assert ['n', '3'] in rows

    status, _, errors = run_command(*command, 'c.json')
    assert status == 2
    assert errors == 'metrics-table: c.json: No such file or directory\n'
