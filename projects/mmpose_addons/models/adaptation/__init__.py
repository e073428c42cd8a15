"""Optional parts of ``SourceTargetTopdown``, and the average that teaches it."""

from .teacher_average import TeacherAverage

__all__ = ['TeacherAverage']
