"""What a user can mend."""


class ComparisonError(ValueError):
    """Arguments, data or results that do not fit; the message is for the user."""
