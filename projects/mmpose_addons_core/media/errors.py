"""What is wrong with a picture or a video."""


class InputError(ValueError):
    """A picture or a video that is missing or cannot be read."""
