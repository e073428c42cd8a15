"""tools/demo.sh, whose commands are replaced by a stub: which files go from one to the next."""

import os
import shutil
import subprocess

import pytest

# For each script, what the real one reads and writes; the words are logged
PYTHON = r"""#!/usr/bin/env bash
set -eu
printf '%s\n' "$*" >>"$STUB_LOG"
all=("$@")
after() { # OPTION: the word that follows it
    local at
    for at in "${!all[@]}"; do [ "${all[at]}" != "$1" ] || printf '%s' "${all[at + 1]}"; done
}
case $1 in
    */train.py) work=$(after --work-dir); mkdir -p "$work"
                printf '%s' "$work/epoch_5.pth" >"$work/last_checkpoint" ;;
    */test.py) for word; do case $word in *.outfile_prefix=*) found=${word#*=} ;; esac; done
               case $found in *' '*) exit 1 ;; esac
               mkdir -p "$(dirname "$found")"
               echo found >"$found.keypoints.json"; echo '{}' >"$(after --out)" ;;
    */metrics_table.py) cat "$2" ;;
    */pose_sheet.py) cp "$3" "$(after --out)" ;;
esac
"""


@pytest.fixture
def demo(repo, tmp_path):
    """Runs a copy of the script in a path with spaces, from another working folder."""
    clone = tmp_path / 'a clone'
    (clone / 'tools').mkdir(parents=True)
    shutil.copy(repo / 'tools/demo.sh', clone / 'tools')
    (tmp_path / 'bin').mkdir()
    for file, text in (
        (clone / 'tools/install.sh', '#!/usr/bin/env bash\necho "installed $*"\n'),
        (tmp_path / 'bin/python', PYTHON),
    ):
        file.write_text(text)
        file.chmod(0o755)
    caller = tmp_path / 'a caller'
    caller.mkdir()

    def run(*arguments):
        return subprocess.run(
            ['bash', clone / 'tools/demo.sh', *arguments],
            cwd=caller,
            env={
                **os.environ,
                'PATH': f'{tmp_path / "bin"}:{os.environ["PATH"]}',
                'STUB_LOG': str(tmp_path / 'log'),
            },
            capture_output=True,
            text=True,
        )

    return run


def test_predictions_reach_the_image(demo, tmp_path):
    done = demo('--here', '--work-dir', 'my runs/demo')
    assert done.returncode == 0, done.stderr
    assert 'installed --here' in done.stdout
    runs = tmp_path / 'a caller/my runs/demo'
    assert (runs / 'sheet.png').read_text() == 'found\n'
    assert (runs / 'predictions.keypoints.json').read_text() == 'found\n'
    assert done.stdout.endswith(f'Done: {runs / "sheet.png"}\n')
    assert not list((tmp_path / 'a clone/work_dirs').iterdir())


def test_other_numbers_of_images_have_data_of_their_own(demo, tmp_path):
    assert demo('--here').returncode == 0
    assert demo('--here', '--images', '30').returncode == 0
    drawn = [line for line in (tmp_path / 'log').read_text().splitlines() if ' people ' in line]
    assert [line.split()[3] for line in drawn] == ['data/toy_people', 'data/toy_people_30']
    assert [line.split()[5] for line in drawn] == ['2000', '30']


def test_unknown_argument_shows_the_usage(demo):
    done = demo('--nonsense')
    assert done.returncode == 2
    assert done.stderr.startswith('demo.sh: unknown argument: --nonsense\nUsage:')
