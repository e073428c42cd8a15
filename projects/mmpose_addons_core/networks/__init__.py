"""Changes of whole networks that make them faster."""
