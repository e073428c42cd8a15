from .staged_train_loop import StagedTrainLoop

__all__ = ['StagedTrainLoop']
