"""The error of a network that cannot be used."""


class ModelError(ValueError):
    """A config, checkpoint or ONNX file that is not what inference needs."""
