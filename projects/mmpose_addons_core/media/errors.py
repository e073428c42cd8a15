"""Errors of images and videos."""


class InputError(ValueError):
    """An image or a video that is missing or cannot be read."""
