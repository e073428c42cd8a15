from .random_appearance import RandomAppearance

__all__ = ['RandomAppearance']
