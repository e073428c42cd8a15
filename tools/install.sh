#!/usr/bin/env bash
# Installs PyTorch, the OpenMMLab stack and mmpose_addons. Run it again: it does nothing.
set -euo pipefail

usage() {
    cat <<'USAGE'
Usage: tools/install.sh [--here] [--stack] [--[no-]compiled-operators] [--python PYTHON] [--help]

Makes .venv beside setup.py (or reuses it) and installs there PyTorch, MMEngine, MMCV,
MMDetection, MMPose, mim and this package in editable mode. No compiler is needed: this package
brings MMCV's operators in Python (docs/operators.md).

  --here                 install into the active environment instead of .venv; a PyTorch that is
                         there is kept
  --stack                install everything but this package (for layers of an image)
  --compiled-operators   PyTorch 2.8 with MMCV's compiled operators and xtcocotools: a ready wheel
                         where one fits, else built by a C++ compiler (15 minutes on 2 cores).
                         Later runs, also those of demo.sh and test.sh, keep them
  --no-compiled-operators   go back to the default
  --python PYTHON        the interpreter that makes .venv (default: python3; 3.10 or newer)

Environment:
  MMPOSE_ADDONS_TORCH_INDEX   address of a package index for PyTorch alone, for instance
                              PyTorch's own index of CPU builds, which saves gigabytes
  MMPOSE_ADDONS_WHEELS        --compiled-operators: folder with a ready onedl_mmcv-*.whl
  MMPOSE_ADDONS_CACHE         --compiled-operators: where built wheels are kept
                              (default: ${XDG_CACHE_HOME:-~/.cache}/mmpose_addons)
  MAX_JOBS                    --compiled-operators: compilers at once (default: all cores)
USAGE
}

fail() { # MESSAGE...
    printf 'install.sh: %s\n' "$@" >&2
    exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
here=false
stack=false
compiled= # as before
python=python3
while [ $# -gt 0 ]; do
    case $1 in
        --here) here=true ;;
        --stack) stack=true ;;
        --compiled-operators) compiled=true ;;
        --no-compiled-operators) compiled=false ;;
        --python) [ -n "${2:-}" ] || fail '--python needs an interpreter.'; python=$2; shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "install.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
cd "$root"

# --- the environment -------------------------------------------------------------------
running= # process group of the step that runs
stop() { # also what a step has started: pip would go on in the background
    [ -z "$running" ] || echo
    [ -z "$running" ] || { kill -- "-$running" && wait; } 2>/dev/null || true
    echo "install.sh: stopped; run it again and it goes on." >&2
    exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM
trap 'stop 129' HUP

full() { # FOLDER: less than 100 MB are free
    local free
    free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ -n "$free" ] && [ "$free" -lt 100000 ]
}

cannot_write() { # FOLDER
    full "$(dirname "$1")" && fail "the disk of $1 is full: PyTorch and its CUDA libraries need 9 GB. Free some space and run this again."
    fail "cannot write to $1: $2."
}

# Held by this process and by what it starts, so that no two installations mix their files
lock='import sys
try:
    import fcntl
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(1)
except (ImportError, OSError):
    pass  # a file system without locks'
take_lock() { # ENVIRONMENT REMEDY
    logs=$1/mmpose_addons-logs
    mkdir -p "$logs" 2>/dev/null && { exec 9>>"$logs/installing"; } 2>/dev/null || cannot_write "$1" "$2"
    "$python" -c "$lock" ||
        fail "another installation into $1 is running, started by process $(tail -n 1 "$logs/installing"): wait until it has finished, then run this again."
    { echo $$ >"$logs/installing"; } 2>/dev/null || cannot_write "$1" "$2"
}

fit_python='import struct, sys; sys.exit(sys.version_info < (3, 10) or struct.calcsize("P") < 8)'
described='import sys, platform as p; print("%s is Python %s (%s)" % (sys.executable, p.python_version(), p.architecture()[0]))'
check_python() { # REMEDY
    "$python" -c "$fit_python" 2>/dev/null || fail \
        "$("$python" -c "$described" 2>/dev/null || echo "$python is missing or does not start"), but 64-bit Python 3.10 or newer is needed$1."
}
externally_managed='import os, sys, sysconfig as s; sys.exit(not (
    sys.prefix == sys.base_prefix
    and os.path.exists(os.path.join(s.get_path("stdlib"), "EXTERNALLY-MANAGED"))))'
venv_works() { .venv/bin/python -c "$fit_python" && .venv/bin/python -m pip --version; }

make_venv() {
    local log=$logs/venv.log
    [ ! -e .venv/pyvenv.cfg ] || echo "$root/.venv does not work (an interrupted installation?) and is made again."
    # all but the logs and the lock
    find .venv -mindepth 1 -maxdepth 1 ! -name mmpose_addons-logs -exec rm -rf {} +
    "$python" -m venv .venv >"$log" 2>&1 && venv_works >>"$log" 2>&1 && return
    ! full .venv || cannot_write "$root/.venv" 'free some space'
    fail "'$python -m venv' failed ($(grep -v '^ *$' "$log" | tail -n 1 | cut -c1-120)): install the venv module (Debian: apt install python3-venv) or name another Python by --python. The whole log is $log"
}

if $here; then
    check_python ': activate another environment'
    ! "$python" -c "$externally_managed" ||
        fail "$("$python" -c "$described"), which belongs to the system: leave out --here, or activate an environment first."
else
    if ! venv_works >/dev/null 2>&1; then
        check_python ': name one by --python'
        [ ! -e .venv ] && [ ! -L .venv ] || [ -d .venv/mmpose_addons-logs ] ||
            fail "$root/.venv is there, but its Python does not work: remove or rename it."
        take_lock "$root/.venv" 'make the folder writable'
        venv_works >/dev/null 2>&1 || make_venv
    fi
    python=$root/.venv/bin/python
    moved_from=$("$python" tools/mend_moved_venv.py)
    if [ -n "$moved_from" ]; then
        echo "The environment was moved here from $moved_from: its scripts are mended."
        "$python" -m venv --without-pip .venv # writes the activate scripts anew
    fi
fi
prefix=$("$python" -c 'import sys; print(sys.prefix)')
logs=$prefix/mmpose_addons-logs

# What the installation is made from; the same content means there is nothing to do.
before=$(cat "$logs/operators" 2>/dev/null || echo python)
if [ -z "$compiled" ]; then
    compiled=false
    [ "$before" != compiled ] || compiled=true
fi
stamp=$prefix/mmpose_addons-install.txt
recipe=$({ echo "$root $stack $compiled"; cat requirements/*.txt tools/install.sh; cat setup.py tools/mim_link.py || true; } \
    2>/dev/null | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$recipe" ]; then
    echo "Everything is installed in $prefix (nothing to do)."
    exit 0
fi
take_lock "$prefix" 'activate an environment of your own'
official=$("$python" -m pip list --format freeze 2>/dev/null |
    sed -n 's/^\(mmcv\|mmcv-lite\|mmcv-full\|mmengine\|mmdet\)==/\1 /p' | paste -sd, -)
[ -z "$official" ] || fail \
    "$prefix holds the official line of OpenMMLab ($official), whose files the maintained line would overwrite: keep it with 'pip install .', or use an environment of its own."
rm -f "$stamp" # from here on, until all steps have passed, there is something to do

has_torch() { "$python" -c 'import torch, torchvision' 2>/dev/null; }
machine=$("$python" -c 'import platform; print(platform.system(), platform.machine())')
[ "$machine" = 'Linux x86_64' ] ||
    echo "Note: only Linux on x86_64 has been tried; this is $machine."

step_number=0
steps=5
! $stack || steps=$((steps - 1))
! $compiled || steps=$((steps + 1))

reason() { # LOG REMEDY: one sentence on why a step failed
    if full "$prefix" || full "${TMPDIR:-/tmp}" ||
        grep -qi 'no space left on device\|disk quota exceeded' "$1"; then
        echo "the disk is full: PyTorch and its CUDA libraries need 9 GB below $prefix, and as much below ${TMPDIR:-/tmp} and pip's cache while they are downloaded. Free some space and run this again."
    elif grep -q 'externally-managed-environment' "$1"; then
        echo "this Python belongs to the system: leave out --here, or activate an environment first."
    elif grep -qi 'connection\|name resolution\|network is unreachable\|timed out\|proxyerror' "$1"; then
        echo "the package index was not reached: check the network and pip's settings (pip config list), and run this again."
    elif grep -qi 'no matching distribution\|could not find a version' "$1"; then
        echo "there is no package for this Python or machine: $(grep -i 'no matching distribution' "$1" | tail -n 1)"
    else
        tail -n 15 "$1" | sed 's/^/    /' >&2
        echo "$2"
    fi
}

step() { # TITLE REMEDY COMMAND...: run it, show the time, keep its output in a log
    local title=$1 remedy=$2 start=$SECONDS code=0 log tick pid
    shift 2
    step_number=$((step_number + 1))
    log=$logs/$step_number.log
    set -m # a process group of its own
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    running=$pid
    set +m
    [ -t 1 ] || printf '[%d/%d] %s ...' $step_number $steps "$title"
    while kill -0 $pid 2>/dev/null; do
        if [ -t 1 ]; then
            tick=$(tail -c 300 "$log" | tr '\r' '\n' | tail -n 1 | cut -c1-60)
            printf '\r\033[K[%d/%d] %s (%d s) %s' $step_number $steps "$title" \
                $((SECONDS - start)) "$tick"
        fi
        sleep 0.3
    done
    wait $pid || code=$?
    running=
    [ ! -t 1 ] || printf '\r\033[K[%d/%d] %s ...' $step_number $steps "$title"
    printf ' %d s\n' $((SECONDS - start))
    [ $code -eq 0 ] ||
        fail "\"$title\" failed: $(reason "$log" "$remedy")" "The whole log is $log"
}

pip() { "$python" -m pip --disable-pip-version-check "$@"; }

# --- the steps --------------------------------------------------------------------------
torch=requirements/torch.txt
constraints=$logs/constraints.txt
if $compiled; then
    torch=$logs/torch.txt
    grep '^torch' requirements/compiled.txt >"$torch"
fi

install_torch() {
    if $here && has_torch; then
        echo "PyTorch is there and kept."
    elif [ -n "${MMPOSE_ADDONS_TORCH_INDEX:-}" ]; then
        pip install --index-url "$MMPOSE_ADDONS_TORCH_INDEX" -r "$torch"
    else
        pip install -r "$torch"
    fi
}
again="see the log; if it does not help, remove $prefix and run this again."
! $here || again='see the log.'
step 'PyTorch (a download of 3 GB with its CUDA libraries)' "$again" install_torch

# A file of constraints keeps the later steps from moving PyTorch.
pip list --format freeze 2>/dev/null | grep -E '^(torch|torchvision)==' >"$constraints" || true
step 'What MMPose and MMDetection import' "$again" \
    pip install -c "$constraints" -r requirements/stack.txt

mmcv=$(grep '^onedl-mmcv==' requirements/openmmlab.txt)

# Exit status 0: MMCV's compiled operators load; 3: there are none. MMCV itself needs MMEngine.
loads_operators='import importlib.util as util, glob, sys, torch
mmcv = util.find_spec("mmcv")
files = [f for p in (mmcv.submodule_search_locations if mmcv else []) for f in glob.glob(
    glob.escape(p) + "/_ext*.so")]
if not files: sys.exit(3)
spec = util.spec_from_file_location("mmcv._ext", files[0])
spec.loader.exec_module(util.module_from_spec(spec))'
compiled_operators() { # a ready wheel from a folder, the cache or the publisher, else a build
    local torch_index version folder fresh key ops_cache code=0
    local -a only_here=(install --no-index --no-deps --force-reinstall "$mmcv")
    pip install -c "$constraints" -r requirements/compiled.txt --no-binary xtcocotools \
        --no-build-isolation --no-cache-dir || return
    # The operators are compiled against one torch, Python and CUDA: the cache is keyed by them.
    key=$("$python" - <<'PY'
import shutil, sys, torch
cuda = torch.cuda.is_available() and shutil.which('nvcc')
print('torch-{}-cp{}{}-{}'.format(
    torch.__version__.split('+')[0], *sys.version_info[:2],
    'cu' + torch.version.cuda.replace('.', '') if cuda else 'cpu'))
PY
    ) || return
    ops_cache=${MMPOSE_ADDONS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmpose_addons}/$key
    if "$python" -c "$loads_operators"; then
        echo "Already installed and working."
        return 0
    fi
    for folder in "${MMPOSE_ADDONS_WHEELS:-}" "$ops_cache"; do
        if [ -n "$folder" ] && pip "${only_here[@]}" --find-links "$folder"; then
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
    fresh=$(mktemp -d "$ops_cache/build.XXXXXX")
    export MAX_JOBS=${MAX_JOBS:-$(nproc 2>/dev/null || echo 2)}
    case $key in *-cpu) ;; *) export FORCE_CUDA=1 ;; esac
    # --no-cache-dir: pip's own cache does not know which torch a wheel was built for.
    pip wheel --no-deps --no-build-isolation --no-cache-dir --no-binary onedl-mmcv \
        -v -w "$fresh" "$mmcv" && mv "$fresh"/*.whl "$ops_cache"/ || code=$?
    rm -rf "$fresh"
    [ $code -eq 0 ] && pip "${only_here[@]}" --find-links "$ops_cache"
}
! $compiled || step "MMCV's compiled operators" \
    "a C++17 compiler and the headers of Python are needed (Debian: apt install build-essential python3-dev), or set MMPOSE_ADDONS_WHEELS to a folder with a ready wheel." \
    compiled_operators

install_openmmlab() {
    if [ "$before" = compiled ] && ! $compiled; then
        pip uninstall -y onedl-mmcv xtcocotools
    fi
    local code=0
    "$python" -c "$loads_operators" || code=$?
    # Operators that do not load were compiled for another torch.
    [ $code -eq 0 ] || [ $code -eq 3 ] || pip uninstall -y onedl-mmcv
    # MMCV is built apart from the environment, where there is no torch: so it builds no
    # operators. --no-cache-dir: pip's cache could hold a wheel with those of another torch.
    pip install --no-deps --no-cache-dir -r requirements/openmmlab.txt
}
step 'MMEngine, MMCV, MMDetection, MMPose' "$again" install_openmmlab
step 'Test tools' "$again" pip install -c "$constraints" -r requirements/tests.txt \
    -r requirements/projects.txt

install_package() {
    pip install --no-build-isolation --no-deps -e . && "$python" tools/mim_link.py &&
        (cd / && "$python" -c 'import mmpose_addons; print(mmpose_addons.__version__)')
}
$stack || step 'mmpose_addons (editable)' \
    "if it names a missing or unfit package, remove $prefix and run tools/install.sh again." \
    install_package

operators=python
! $compiled || operators=compiled
{ echo $operators >"$logs/operators" && echo "$recipe" >"$stamp"; } 2>/dev/null || cannot_write "$stamp" 'its folder is not writable'
$stack && echo "The stack is installed in $prefix." && exit 0
echo "mmpose_addons is installed in $prefix."
$here || echo "Activate it with: source .venv/bin/activate"
