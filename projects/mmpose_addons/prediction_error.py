"""The error of a network that predicts NaN or infinite values."""


class PredictionError(ValueError):
    """A network predicts NaN or infinite values."""
