#!/usr/bin/env bash
# Tries this package with several versions of Python, PyTorch and the OpenMMLab stack.
set -euo pipefail

usage() {
    cat <<'USAGE'
Usage: tools/try_versions.sh [--scratch DIR] [--keep] [ROW...]

For each row: makes an empty environment, installs, and runs the import, the operators' tests, a
training and its resumption, CC-SSL's quick tests and an inference. Prints a Markdown table, the
one in docs/troubleshooting.md; exit code 1 where a check failed. A row takes about 10 minutes on
2 cores and 7 GB of disk.

  ROW             PYTHON:TORCH:TORCHVISION[:LINE], for instance python3.12:2.10.0:0.25.0. The LINE
                  is onedl (the default, requirements/openmmlab.txt) or official-MMCV, for
                  instance official-2.1.0: mmcv-lite of that version, mmengine 0.10.7, mmdet 3.3.0
                  (whose upper bound for MMCV, below 2.2.0, is raised in the environment)
  --scratch DIR   where the environments and logs lie (default: a new folder in $TMPDIR)
  --keep          keep the environments
USAGE
}

rows=()
scratch=
keep=false
while [ $# -gt 0 ]; do
    case $1 in
        --scratch) scratch=${2:?--scratch needs a folder}; shift ;;
        --keep) keep=true ;;
        -h | --help) usage; exit 0 ;;
        -*) echo "try_versions.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
        *) rows+=("$1") ;;
    esac
    shift
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."
pinned() { sed -n "s/^$1==//p" requirements/torch.txt; }
newest=$(pinned torch):$(pinned torchvision)
if [ ${#rows[@]} -eq 0 ]; then
    rows=(
        python3.10:"$newest" python3.11:"$newest" python3.12:"$newest" python3.13:"$newest"
        python3.11:2.10.0:0.25.0 python3.11:2.8.0:0.23.0
        python3.11:"$newest":official-2.1.0 python3.11:"$newest":official-2.2.0
    )
fi
scratch=${scratch:-$(mktemp -d)}
mkdir -p "$scratch"
echo "Environments and logs: $scratch" >&2

raise_bound() { # MMDetection 3.3 refuses MMCV 2.2 by its number alone; users edit this line
    sed -i "s/^mmcv_maximum_version = '2.2.0'$/mmcv_maximum_version = '2.3.0'/" \
        "$env"/lib/python3.*/site-packages/mmdet/__init__.py
}

install_row() { # TORCH TORCHVISION LINE: into $env
    "$env/bin/python" -m pip install "torch==$1" "torchvision==$2" || return
    case $3 in
        onedl) PATH=$env/bin:$PATH tools/install.sh --here --python "$env/bin/python" ;;
        official-*)
            "$env/bin/python" -m pip install -r requirements/stack.txt -r requirements/tests.txt -r requirements/projects.txt \
                "torch==$1" &&
                "$env/bin/python" -m pip install --no-deps "mmcv-lite==${3#official-}" \
                    mmengine==0.10.7 mmdet==3.3.0 mmpose==1.3.2 &&
                raise_bound && "$env/bin/python" -m pip install --no-build-isolation .
            ;;
        *) echo "unknown line: $3"; return 2 ;;
    esac
}

python_test() { "$env/bin/python" -m pytest -p no:cacheprovider "$@"; }
check_import() { (cd / && "$env/bin/python" -c 'import mmdet.apis, mmpose.apis, mmpose_addons'); }
check_operators() { python_test tests/test_fallbacks; }
check_training() {
    python_test tests/test_cli/test_mmpose_script.py \
        tests/test_engine/test_loops/test_staged_train_loop.py \
        --deselect 'tests/test_cli/test_mmpose_script.py::test_train_then_test[2]'
}
check_adaptation() { python_test tests/test_engine/test_hooks/test_ccssl_hook.py -m 'not slow'; }
check_inference() { python_test tests/test_apis; }
checks=(import operators training adaptation inference)

export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
failed=0
table=$scratch/table.md
{
    echo '| Python | PyTorch | NumPy | OpenMMLab | installed |' "$(printf '%s | ' "${checks[@]}")"
    echo "|$(printf -- '---|%.0s' {1..5} "${checks[@]}")"
} >"$table"
for row in "${rows[@]}"; do
    IFS=: read -r python torch torchvision line <<<"$row"
    line=${line:-onedl}
    env=$scratch/$(basename "${row//:/-}")
    log=$env.log
    start=$SECONDS
    echo "$row" >&2
    rm -rf "$env"
    if ! command -v "$python" >/dev/null; then
        cells="$python was not to be had |"
    elif "$python" -m venv "$env" >"$log" 2>&1 && install_row "$torch" "$torchvision" "$line" >>"$log" 2>&1; then
        cells="$((SECONDS - start)) s |"
        for check in "${checks[@]}"; do
            if "check_$check" >>"$log" 2>&1; then
                said=$(tail -n 1 "$log" | sed -n 's/.*[^0-9]\([0-9]* passed\).*/\1/p;s/^\([0-9]* passed\).*/\1/p' | head -n 1)
                cells+=" ${said:-yes} |"
            else
                cells+=" **no** ($(tail -n 1 "$log" | tr -d '|' | cut -c1-80)) |"
                failed=1
            fi
        done
    else
        cells="**no**, see $(basename "$log") |"
        failed=1
    fi
    numpy=$("$env/bin/python" -c 'import numpy; print(numpy.__version__)' 2>/dev/null || echo '-')
    version=$("$env/bin/python" -c 'import platform; print(platform.python_version())' 2>/dev/null || echo "$python")
    echo "| $version | $torch | $numpy | $line | $cells" | tee -a "$table" >&2
    $keep || rm -rf "$env"
done
cat "$table"
exit $failed
