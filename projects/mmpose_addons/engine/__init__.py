from . import hooks, loops  # noqa: F401  imported to register
