from .source_target_topdown import SourceTargetTopdown

__all__ = ['SourceTargetTopdown']
