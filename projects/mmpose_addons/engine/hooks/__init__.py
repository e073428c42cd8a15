from .ccssl_hook import CCSSLHook
from .channels_last_hook import ChannelsLastHook
from .diagnosis_hook import DiagnosisHook
from .freeze_hook import FreezeHook
from .mean_teacher_hook import MeanTeacherHook

__all__ = [
    'CCSSLHook',
    'ChannelsLastHook',
    'DiagnosisHook',
    'FreezeHook',
    'MeanTeacherHook',
]
