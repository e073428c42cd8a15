#!/usr/bin/env bash
# From nothing to a trained, tested, visible LPN-50 on toy people.
set -euo pipefail

usage() {
    cat <<EOF
Usage: tools/demo.sh [--here] [--images N] [--work-dir DIR]

Installs (see tools/install.sh), draws toy people, trains LPN-50 on them, tests it, prints COCO
AP as a table and writes a sheet of images. Run again, it goes on where it was stopped.

  --here           use the active environment instead of .venv
  --images N       images to draw (default: 2000, of which a tenth is for testing)
  --work-dir DIR   default: work_dirs/demo in this repository
EOF
}

caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=()
images=2000
work=work_dirs/demo
while [ $# -gt 0 ]; do
    case $1 in
        --here) here=(--here) ;;
        --images) images=${2:?--images needs a number}; shift ;;
        --work-dir)
            work=${2:?--work-dir needs a folder}; shift
            case $work in /*) ;; *) work=$caller/$work ;; esac
            ;;
        -h | --help) usage; exit 0 ;;
        *) echo "demo.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

# Minutes and seconds since the start of this script, and what comes now
say() { printf '\n[%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }

tools/install.sh ${here[@]+"${here[@]}"}
# shellcheck disable=SC1091
[ ${#here[@]} -gt 0 ] || . .venv/bin/activate

config=configs/body_2d_keypoint/lpn/toy/td-hm_lpn-50_1xb16-5e_toy-people-128x96.py
data=data/toy_people
[ "$images" = 2000 ] || data=${data}_$images
found=work_dirs/demo-predictions-$$ # the test appends .keypoints.json
options=(
    train_dataloader.dataset.data_root="$data"
    val_dataloader.dataset.data_root="$data"
    test_dataloader.dataset.data_root="$data"
    val_evaluator.ann_file="$data/annotations/people_val.json"
    test_evaluator.ann_file="$data/annotations/people_val.json"
    test_evaluator.outfile_prefix="$found" # --cfg-options would drop the spaces of $work
)

say "Draw $images images of people"
python tools/make_toy_data.py people --out "$data" --images "$images" --seed 0 \
    --scenes calm
say 'Train LPN-50: each line of the log says how long it still takes (eta)'
# the test follows, so no validation
python tools/train.py "$config" --work-dir "$work" --resume \
    --cfg-options "${options[@]}" train_cfg.val_begin=1000
say 'Test it'
python tools/test.py "$config" "$(cat "$work/last_checkpoint")" --work-dir "$work" \
    --out "$work/metrics.json" --cfg-options "${options[@]}"
mv "$found.keypoints.json" "$work/predictions.keypoints.json"
python tools/analysis_tools/metrics_table.py "$work/metrics.json"
say 'Draw what it found beside the truth'
python tools/analysis_tools/pose_sheet.py "$data/annotations/people_val.json" \
    "$work/predictions.keypoints.json" --images "$data/images/val" --out "$work/sheet.png" --force
say "Done: $work/sheet.png"
