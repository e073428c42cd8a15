#!/usr/bin/env bash
# CC-SSL on toy animals: source only, adapted without labels, and with real labels.
set -euo pipefail

usage() {
    cat <<EOF
Usage: tools/demo_ccssl.sh [--here] [--work-dir DIR]

Installs (see tools/install.sh), draws toy animals in two domains, trains half an LPN-50 on
synthetic ones, adapts it to videos of "real" ones by CC-SSL without their labels, trains
another with the videos' labels, prints the PCK of all three and writes a report of the
pseudo-labels. Run again, it goes on where it was stopped.

  --here           use the active environment instead of .venv
  --work-dir DIR   default: work_dirs/toy_animals
EOF
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=()
work=work_dirs/toy_animals
while [ $# -gt 0 ]; do
    case $1 in
        --here) here=(--here) ;;
        --work-dir) work=${2:?--work-dir needs a folder}; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "demo_ccssl.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

tools/install.sh ${here[@]+"${here[@]}"}
# shellcheck disable=SC1091
[ ${#here[@]} -gt 0 ] || . .venv/bin/activate

python tools/benchmarks/adaptation.py --tasks toy-light --data "$work/data" --work-dir "$work" \
    --arms 'source only' 'CC-SSL' 'real labels'
python tools/analysis_tools/pseudo_label_report.py \
    "$work/toy-light/seed0/cc-ssl/pseudo_labels" \
    --hidden "$work/data/seed0/real/annotations/animals_train.json"
