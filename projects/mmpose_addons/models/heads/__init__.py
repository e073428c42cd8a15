from .lpn_head import LPNHead

__all__ = ['LPNHead']
