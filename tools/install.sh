#!/usr/bin/env bash
# Installs PyTorch, the OpenMMLab stack and mmpose_addons. Run it again: it does nothing.
set -euo pipefail

usage() {
    cat <<EOF
Usage: tools/install.sh [--here] [--stack] [--python PYTHON] [--help]

Makes .venv beside setup.py (or reuses it) and installs there PyTorch, MMEngine, MMCV with
its operators, MMDetection, MMPose, mim and this package in editable mode.

  --here            install into the active environment instead of .venv
  --stack           install everything but this package (for layers of an image)
  --python PYTHON   the interpreter that makes .venv (default: python3; 3.10 or newer)

Environment:
  MMPOSE_ADDONS_WHEELS   folder with a ready operator wheel (onedl_mmcv-*.whl)
  MMPOSE_ADDONS_CACHE    where built operator wheels are kept
                         (default: \${XDG_CACHE_HOME:-~/.cache}/mmpose_addons)
  MAX_JOBS               compilers at once when the operators are built (default: all cores)
EOF
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=false
stack=false
python=python3
while [ $# -gt 0 ]; do
    case $1 in
        --here) here=true ;;
        --stack) stack=true ;;
        --python) python=${2:?--python needs an interpreter}; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "install.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
cd "$root"

fail() { # MESSAGE...
    printf '\ninstall.sh: %s\n' "$@" >&2
    exit 1
}

# --- the environment -------------------------------------------------------------------
if ! $here; then
    if [ ! -x .venv/bin/python ]; then
        "$python" -m venv .venv || fail \
            "could not make .venv with '$python'." \
            "Install Python 3.10 or newer with its venv module, or name one: --python python3.11"
    fi
    python=$root/.venv/bin/python
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    fail "$python is missing or older than Python 3.10."
prefix=$("$python" -c 'import sys; print(sys.prefix)')

# What the installation is made from; the same content means there is nothing to do.
stamp=$prefix/mmpose_addons-install.txt
recipe=$({ echo "$root $stack"; cat requirements/*.txt tools/install.sh; cat setup.py tools/mim_link.py || true; } \
    2>/dev/null | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$recipe" ]; then
    echo "Everything is installed in $prefix (nothing to do)."
    exit 0
fi
[ -w "$prefix" ] || fail "$prefix is not writable: activate an environment of your own."

logs=$prefix/mmpose_addons-logs
mkdir -p "$logs"
$stack && steps=6 || steps=7
step_number=0

step() { # TITLE REMEDY COMMAND...: run it, show the time, keep its output in a log
    local title=$1 remedy=$2 start=$SECONDS code=0 log tick
    shift 2
    step_number=$((step_number + 1))
    log=$logs/$step_number.log
    "$@" >"$log" 2>&1 &
    local pid=$!
    while kill -0 $pid 2>/dev/null; do
        if [ -t 1 ]; then
            tick=$(tail -c 300 "$log" | tr '\r' '\n' | tail -n 1 | cut -c1-60)
            printf '\r\033[K[%d/%d] %s (%d s) %s' $step_number $steps "$title" \
                $((SECONDS - start)) "$tick"
        fi
        sleep 0.5
    done
    wait $pid || code=$?
    [ -t 1 ] && printf '\r\033[K'
    printf '[%d/%d] %s (%d s)\n' $step_number $steps "$title" $((SECONDS - start))
    [ $code -eq 0 ] && return 0
    tail -n 15 "$log" >&2
    fail "step $step_number of $steps failed: $title" "Log: $log" "What to do: $remedy"
}

pip() { "$python" -m pip --disable-pip-version-check "$@"; }

# --- the steps --------------------------------------------------------------------------
network="check the network and pip's index settings (pip config list), then run this again."

step "Build tools" "$network" pip install -r requirements/build.txt
step "PyTorch (some gigabytes)" \
    "$network A full disk also fails here: 8 GB are needed." \
    pip install -r requirements/torch.txt

# The operators are compiled against one torch, Python and CUDA: the cache is keyed by them.
key=$("$python" - <<'PY'
import shutil, sys, torch
cuda = torch.cuda.is_available() and shutil.which('nvcc')
print('torch-{}-cp{}{}-{}'.format(
    torch.__version__.split('+')[0], *sys.version_info[:2],
    'cu' + torch.version.cuda.replace('.', '') if cuda else 'cpu'))
PY
)
ops_cache=${MMPOSE_ADDONS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmpose_addons}/$key

ops_wheel() { # a ready wheel from a folder, the cache or the publisher, else a build
    local torch_index version folder
    local -a only_here=(install --no-index --no-deps -r requirements/ops.txt)
    if [ "$("$python" -c 'import mmcv.ops, mmcv; print(mmcv.__version__)' 2>/dev/null)" = \
        "$(sed -n 's/^onedl-mmcv==//p' requirements/ops.txt)" ]; then
        echo "Already installed and working."
        return 0
    fi
    for folder in "${MMPOSE_ADDONS_WHEELS:-}" "$ops_cache"; do
        if [ -n "$folder" ] && pip "${only_here[@]}" --force-reinstall --find-links "$folder"; then
            return 0
        fi
    done
    version=$("$python" -c 'import torch; print(torch.__version__.split("+")[0])')
    torch_index=cu$("$python" -c 'import torch; print((torch.version.cuda or "128").replace(".", ""))')
    torch_index=https://mmwheels.onedl.ai/simple/$torch_index-torch$version/index.html
    if "$python" -c "import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=8)" \
        "$torch_index" && pip "${only_here[@]}" --find-links "$torch_index"; then
        return 0
    fi
    echo "No ready wheel: building the operators. On 2 cores this takes a quarter of an hour."
    mkdir -p "$ops_cache"
    local fresh
    fresh=$(mktemp -d "$ops_cache/build.XXXXXX")
    export MAX_JOBS=${MAX_JOBS:-$(nproc 2>/dev/null || echo 2)} MMCV_WITH_OPS=1
    case $key in *-cpu) ;; *) export FORCE_CUDA=1 ;; esac
    # --no-cache-dir: pip's own cache does not know which torch a wheel was built for.
    pip wheel --no-deps --no-build-isolation --no-cache-dir --no-binary onedl-mmcv \
        -v -w "$fresh" -r requirements/ops.txt && mv "$fresh"/*.whl "$ops_cache"/
    local code=$?
    rm -rf "$fresh"
    [ $code -eq 0 ] && pip "${only_here[@]}" --find-links "$ops_cache"
}
step "MMCV's operators (ready wheel, else built: about 15 minutes on 2 cores)" \
    "a C++17 compiler and $(basename "$python")'s headers are needed to build them (Debian: apt install build-essential python3-dev); or set MMPOSE_ADDONS_WHEELS to a folder with a ready wheel." \
    ops_wheel

# One constraint file keeps every later step from moving what an earlier one has put there.
constraints=$logs/constraints.txt
{
    grep -h '^[a-z]' requirements/build.txt requirements/torch.txt requirements/ops.txt
    grep -h '==' requirements/stack.txt
} >"$constraints"
step "MMEngine, MMDetection, mim" "$network" \
    pip install --no-build-isolation -c "$constraints" -r requirements/stack.txt -r requirements/ops.txt
step "MMPose" "$network" bash -c '
    set -e
    "$0" -m pip install --no-build-isolation --no-deps --no-cache-dir \
        --no-binary xtcocotools -r requirements/source.txt
    "$0" -m pip install --no-deps -r requirements/nodeps.txt' "$python"
step "Test tools" "$network" pip install -c "$constraints" -r requirements/tests.txt
$stack || step "mmpose_addons (editable)" \
    "if it names a missing or unfit package, run tools/install.sh again after removing $prefix." \
    bash -c '
    set -e
    "$0" -m pip install --no-build-isolation --no-deps -e .
    "$0" tools/mim_link.py
    cd / && "$0" -c "import mmpose_addons; print(mmpose_addons.__version__)"' "$python"

echo "$recipe" >"$stamp"
$stack && echo "The stack is installed in $prefix." && exit 0
echo "mmpose_addons is installed in $prefix."
$here || echo "Activate it with: source .venv/bin/activate"
