from .staged_train_loop import StagedTrainLoop
from .timed_train_loop import TimedTrainLoop

__all__ = ['StagedTrainLoop', 'TimedTrainLoop']
