#!/usr/bin/env bash
# Installs, then checks style and types and runs the tests: tools/test.sh [pytest arguments]
set -euo pipefail

most_workers=8  # one that runs all tests takes up to 4.5 GB
case ${1:-} in
    -h | --help)
        echo "Usage: tools/test.sh [--here] [pytest arguments]"
        echo "For instance: tools/test.sh -m 'not slow' -k codec"
        echo "--here uses the active environment instead of .venv."
        echo "Tests run on every core, in at most $most_workers processes; -n 0 runs them in one."
        exit 0
        ;;
esac
here=()
bin=.venv/bin/
if [ "${1:-}" = --here ]; then
    here=(--here)
    bin=
    shift
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/install.sh ${here[@]+"${here[@]}"}
"${bin}ruff" check .
"${bin}ruff" format --check .
"${bin}mypy"

# One process per core with one thread each: threads of one network wait for each other, and
# far longer where other programs run. Arguments that decide this, or exclude it, win.
distributed=true
for argument in "$@"; do
    case $argument in
        -n* | --numprocesses* | --maxprocesses* | --dist* | --tx* | --pdb | --trace) distributed=false ;;
        --collect-only | --co | no:xdist | -pno:xdist) distributed=false ;;
    esac
done
workers=()
if $distributed; then
    cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
    workers=(-n $((cores < most_workers ? cores : most_workers)) --dist worksteal)
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
fi
exec "${bin}python" -m pytest ${workers[@]+"${workers[@]}"} "$@"
