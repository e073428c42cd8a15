#!/usr/bin/env bash
# From nothing to a trained, tested, visible LPN-50 on toy people; about ten minutes on 2 cores.
set -euo pipefail

usage() {
    cat <<EOF
Usage: tools/demo.sh [--here] [--images N] [--work-dir DIR]

Installs (see tools/install.sh), draws toy people, trains LPN-50 on them and tests it, both
through mim, prints COCO AP as a table and writes a sheet of pictures. Run again, it goes on
where it was stopped.

  --here           use the active environment instead of .venv
  --images N       pictures to draw (default: 2000, of which a tenth is for testing)
  --work-dir DIR   default: work_dirs/demo
EOF
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=()
images=2000
work=work_dirs/demo
while [ $# -gt 0 ]; do
    case $1 in
        --here) here=(--here) ;;
        --images) images=${2:?--images needs a number}; shift ;;
        --work-dir) work=${2:?--work-dir needs a folder}; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "demo.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

tools/install.sh ${here[@]+"${here[@]}"}
# shellcheck disable=SC1091
[ ${#here[@]} -gt 0 ] || . .venv/bin/activate

config=configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_toy-128x96.py
data=data/toy_people
[ "$images" = 2000 ] || data=${data}_$images
gpus=$(python -c 'import torch; print(min(1, torch.cuda.device_count()))')
options=(
    train_dataloader.dataset.data_root="$data"
    val_dataloader.dataset.data_root="$data"
    test_dataloader.dataset.data_root="$data"
    val_evaluator.ann_file="$data/annotations/people_val.json"
    test_evaluator.ann_file="$data/annotations/people_val.json"
    test_evaluator.outfile_prefix="$work/predictions"
)

python tools/make_toy_data.py people --out "$data" --images "$images" --seed 0 \
    --scenes calm
# mim prints it three times a command; a setuptools that has pkg_resources is installed
export PYTHONWARNINGS="${PYTHONWARNINGS:-ignore:pkg_resources is deprecated as an API}"
mim train mmpose "$config" --gpus "$gpus" --work-dir "$work" --resume \
    --cfg-options "${options[@]}"
mim test mmpose "$config" --gpus "$gpus" --work-dir "$work" \
    --checkpoint "$(cat "$work/last_checkpoint")" --out "$work/metrics.json" \
    --cfg-options "${options[@]}"
python tools/analysis_tools/metrics_table.py "$work/metrics.json"
python tools/analysis_tools/pose_sheet.py "$data/annotations/people_val.json" \
    "$work/predictions.keypoints.json" --images "$data/images/val" --out "$work/sheet.png"
