"""Optional parts of ``SourceTargetTopdown``; plain classes, not registered."""
