#!/usr/bin/env bash
# Installs, then checks style and types and runs the tests: tools/test.sh [pytest arguments]
set -euo pipefail

case ${1:-} in
    -h | --help)
        echo "Usage: tools/test.sh [--here] [pytest arguments]"
        echo "For instance: tools/test.sh -m 'not slow' -k codec"
        echo "--here uses the active environment instead of .venv."
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
exec "${bin}python" -m pytest "$@"
