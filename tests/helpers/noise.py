"""Lines of the OpenMMLab stack that a command of ours must not print."""

NOISE = (
    'pkg_resources is deprecated',
    'faster_coco_eval is not installed',
    'A matched config file',
    'torch.meshgrid',
    'torch.cuda.amp',
    '"FileClient"',
    '"HardDiskBackend"',
    'Could not import OneDL',
)


def noise(text: str) -> list[str]:
    """The lines of `text` with any of them."""
    return [line for line in text.splitlines() if any(part in line for part in NOISE)]
