"""Keep random generators in checkpoints, so that a resumed run gives the same results."""

from typing import Any

from mmengine.dist import all_gather_object, get_rank, get_world_size
from mmengine.runner import Runner

from mmpose_addons_core.adaptation import get_rng_state, set_rng_state


class RandomStates:
    """The random generators of all processes and the sampler's seed, at the end of an epoch.

    A hook calls the methods at the points of training that they are named after.
    """

    def __init__(self) -> None:
        self._states: list[dict[str, Any]] | None = None

    def before_train(self, runner: Runner, resumed: dict[str, Any] | None) -> None:
        """Restore the states of :meth:`saved`; None starts anew."""
        self._states = None
        if resumed is None:
            return
        # a seed that MMEngine drew itself comes back too late for the data loader
        runner.train_dataloader.sampler.seed = resumed['sampler_seed']
        states = resumed['rng_states']
        # with another number of processes the random generators begin anew
        if states and len(states) == get_world_size():
            self._states = states

    def before_train_iter(self, batch_idx: int) -> None:
        """Restore the states of the end of the last epoch before the first iteration.

        A validation draws random numbers since then, and a data loader does when it starts its
        workers: in the first epoch after a resume, but not in later epochs.
        """
        if batch_idx == 0 and self._states is not None:
            set_rng_state(self._states[get_rank()])

    def after_train_epoch(self) -> None:
        self._states = all_gather_object(get_rng_state())

    def saved(self, runner: Runner) -> dict[str, Any]:
        """Return the entries of a checkpoint."""
        return dict(
            rng_states=self._states,
            sampler_seed=getattr(runner.train_dataloader.sampler, 'seed', None),
        )
