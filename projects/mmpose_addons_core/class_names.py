"""Classes and categories of options, which have a number or a name."""


def number_or_name(text: str) -> int | str:
    """Return a whole number as one, and any other text as it is.

    Example:
        >>> [number_or_name(text) for text in ('0', '-1', 'person', '\u00b2', '--5')]
        [0, -1, 'person', '\u00b2', '--5']
    """
    try:
        return int(text)
    except ValueError:
        return text
