#!/usr/bin/env bash
# A backbone for real four-legged animals, trained on drawn ones.
set -euo pipefail

usage() {
    cat <<EOF
Usage: tools/pretrain_toy_animals.sh [--images N] [--epochs N]

Draws toy animals of all kinds and trains an LPN-50 at 128 px on them, with strong changes of
appearance. Run again, it goes on where it was stopped. It needs an environment with this
package (tools/install.sh).

  --images N   default: 2400
  --epochs N   default: 20
EOF
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
images=2400
epochs=20
while [ $# -gt 0 ]; do
    case $1 in
        --images) images=${2:?--images needs a number}; shift ;;
        --epochs) epochs=${2:?--epochs needs a number}; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "pretrain_toy_animals.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

name=td-hm_lpn-50_randomised-1xb32-20e_toy-animals-128x128
python tools/make_toy_data.py animals --domain real --size 192 --images "$images" \
    --out data/toy_animals_pretraining
python tools/train.py "configs/animal_2d_keypoint/toy_pretraining/toy/$name.py" --resume \
    --cfg-options train_cfg.max_epochs="$epochs" param_scheduler.1.T_max="$epochs" \
    param_scheduler.1.end="$epochs"
