"""The error of a network that cannot be exported."""


class ExportError(ValueError):
    """A network that cannot be exported as asked."""
