from .adapt_batch_norm_hook import AdaptBatchNormHook
from .ccssl_hook import CCSSLHook
from .channels_last_hook import ChannelsLastHook
from .checkpoint_hook import CheckpointHook
from .diagnosis_hook import DiagnosisHook
from .freeze_hook import FreezeHook
from .mean_teacher_hook import MeanTeacherHook
from .pplo_hook import PPLOHook

__all__ = [
    'AdaptBatchNormHook',
    'CCSSLHook',
    'ChannelsLastHook',
    'CheckpointHook',
    'DiagnosisHook',
    'FreezeHook',
    'MeanTeacherHook',
    'PPLOHook',
]
