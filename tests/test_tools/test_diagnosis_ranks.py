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


def write_run(folder, *scores, **estimates):
    records = [
        dict(epoch=0, estimates=estimates or dict(spread=0.1), hidden={'pck': score})
        for score in scores
    ]
    folder.mkdir(parents=True)
    (folder / 'diagnosis.json').write_text(json.dumps(records))


def test_too_few_runs(run_tool, tmp_path):
    write_run(tmp_path / 'a', 0.5)
    status, _, errors = run_tool('diagnosis_ranks.py', tmp_path)
    assert status == 2
    assert 'expected at least 3 runs with hidden labels, got 1' in errors


def test_folders_without_a_run_and_runs_that_are_given_twice(run_tool, tmp_path):
    write_run(tmp_path / 'runs/a', 0.5)
    (tmp_path / 'empty').mkdir()
    runs, file = tmp_path / 'runs', tmp_path / 'runs/a/diagnosis.json'
    for words, message in (
        (['gone'], 'expected a folder of runs, got gone'),
        ([file], f'expected a folder of runs, got {file}'),
        ([runs, tmp_path / 'empty'], f'{tmp_path}/empty has no diagnosis.json'),
        ([runs, runs / 'a'], f'{file} is given twice, the second time by {runs}/a'),
        ([runs, '--held-out', runs], f'{file} is given twice, the second time by {runs}'),
    ):
        status, _, errors = run_tool('diagnosis_ranks.py', *words)
        assert (status, errors) == (2, f'diagnosis_ranks.py: {message}\n')


def test_records_without_a_score_are_named(run_tool, tmp_path):
    """A score is null where no hidden label is visible."""
    for run, score in enumerate((0.1, 0.5, 0.9)):
        write_run(tmp_path / f'{run}', None, score, spread=score)
    status, out, errors = run_tool('diagnosis_ranks.py', tmp_path)
    assert status == 3
    assert 'all (3)' in out
    assert errors == (
        '3 records without the score pck are left out, the first is '
        f'{tmp_path}/0/diagnosis.json: [0]\n'
    )


def test_numbers_that_are_none(run_tool, tmp_path):
    write_run(tmp_path / 'a', float('nan'))
    message = f'{tmp_path}/a/diagnosis.json: [0]: pck must be a finite number or null, got nan'
    assert message in run_tool('diagnosis_ranks.py', tmp_path)[2]
    write_run(tmp_path / 'b/c', 0.5, spread='wide')
    assert (
        "[0]: spread must be a finite number or null, got 'wide'"
        in (run_tool('diagnosis_ranks.py', tmp_path / 'b')[2])
    )
