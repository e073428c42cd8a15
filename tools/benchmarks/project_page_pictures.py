#!/usr/bin/env python
"""Make the pictures of docs/new_videos.md from what its commands have left: a contact sheet and
a screenshot of the page of a run, by Chromium."""

import argparse
import subprocess
import tempfile
from pathlib import Path

import cv2

DOCS = Path(__file__).resolve().parents[2] / 'docs/images'
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 80]


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, default=Path('data/toy'), help='%(default)s')
    parser.add_argument('--run', type=Path, default=Path('runs/toy'), help='%(default)s')
    parser.add_argument('--chromium', default='chromium', help='program (%(default)s)')
    parser.add_argument('--out', type=Path, default=DOCS, help='folder')
    parser.add_argument('--width', type=int, default=1160, help='of the page, px')
    parser.add_argument('--height', type=int, default=1000, help='of the picture, px')
    return parser.parse_args()


def screenshot(page: Path, args: argparse.Namespace) -> Path:
    """Take a picture of a page into a temporary file."""
    file = Path(tempfile.mkdtemp()) / 'page.png'
    subprocess.run(
        [
            *(args.chromium, '--headless', '--no-sandbox', '--hide-scrollbars'),
            *(f'--screenshot={file}', f'--window-size={args.width},{args.height}'),
            page.absolute().as_uri(),
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return file


def main() -> None:
    args = parse_args()
    pictures = dict(
        project_contact_sheet=(args.data / 'contact_sheet.jpg', 0.6),
        project_page=(screenshot(args.run / 'report.html', args), 0.75),
    )
    for name, (file, scale) in pictures.items():
        image = cv2.imread(str(file))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(args.out / f'{name}.jpg'), small, QUALITY)


if __name__ == '__main__':
    main()
