"""The error of a network that predicts no numbers."""


class PredictionError(ValueError):
    """A network predicts NaN or infinite values."""
