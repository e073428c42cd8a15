"""Lets mim find an editable installation of mmpose_addons.

mim looks for configs and tools in site-packages/mmpose_addons/.mim, where an editable
installation has nothing: this links the checkout's there. The link stands in pip's RECORD,
so that uninstalling removes it. For `mim train mmpose_addons CONFIG`; tools/install.sh runs it.
"""

import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LINK = 'mmpose_addons/.mim'


def main() -> int:
    try:
        installed = distribution('mmpose_addons')
    except PackageNotFoundError:
        print('mim_link.py: mmpose_addons is not installed (pip install -e .)', file=sys.stderr)
        return 2
    link = Path(str(installed.locate_file(LINK)))
    if link.is_dir() and not link.is_symlink():
        return 0  # installed from a wheel, which brings its own
    checkout = Path(__file__).resolve().parent.parent / 'projects' / LINK
    link.unlink(missing_ok=True)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(checkout)
    record = next(path for path in installed.files or [] if path.name == 'RECORD').locate()
    lines = Path(str(record)).read_text()
    if f'{LINK},,' not in lines:
        Path(str(record)).write_text(f'{lines}{LINK},,\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
