import json
import re


def test_ranks_and_areas(run_tool, tmp_path):
    """Spread follows the score, confidence runs against it, samples never change."""
    for run, scores in enumerate([(0.1, 0.2), (0.3, 0.4), (0.5, 0.7)]):
        records = [
            dict(
                epoch=epoch,
                estimates=dict(samples=20, spread=score**2, confidence=1 - score),
                hidden={'pck': score},
            )
            for epoch, score in enumerate(scores)
        ]
        (tmp_path / f'run{run}').mkdir()
        (tmp_path / f'run{run}/diagnosis.json').write_text(json.dumps(records))
    status, out, _ = run_tool('diagnosis_ranks.py', tmp_path, '--below', '0.35')
    assert status == 0
    rows = {
        name: re.findall(r'-?\d\.\d+|-', line.split('│', 2)[2])
        for name in ('spread', 'confidence', 'samples')
        for line in out.splitlines()
        if name in line
    }
    assert rows['spread'] == ['1.00', '1.00', '1.00', '1.00']
    assert rows['confidence'] == ['-1.00', '-1.00', '-1.00', '0.00']
    assert rows['samples'] == ['-', '-', '-', '0.50']


def test_thresholds_are_tested_on_other_runs(run_tool, tmp_path):
    """Failed runs have a spread up to 0.3, good ones from 0.7 on; of others, two do not fit."""
    ours = [(0.1, 0.2), (0.2, 0.3), (0.6, 0.7), (0.9, 0.8)]
    others = [(0.1, 0.4), (0.2, 0.6), (0.6, 0.45), (0.7, 0.9), (0.8, 0.51)]
    for kind, scores in (('ours', ours), ('others', others)):
        for run, (score, spread) in enumerate(scores):
            record = dict(epoch=0, estimates=dict(spread=spread), hidden={'pck': score})
            folder = tmp_path / kind / str(run)
            folder.mkdir(parents=True)
            (folder / 'diagnosis.json').write_text(json.dumps([record]))
    folders = tmp_path / 'ours', '--below', '0.5', '--held-out', tmp_path / 'others'
    status, out, _ = run_tool('diagnosis_ranks.py', *folders)
    assert status == 0
    row = next(line for line in out.split('held out')[1].splitlines() if 'spread' in line)
    assert re.findall(r'[\d.]+(?: of \d)?', row) == ['0.5', '1 of 2', '1 of 3']


def test_too_few_runs(run_tool, tmp_path):
    status, _, errors = run_tool('diagnosis_ranks.py', tmp_path)
    assert status == 2
    assert 'expected at least 3 runs with hidden labels, got 0' in errors
