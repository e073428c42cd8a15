"""An unpickler that builds tensors and plain data, and nothing else.

Python's pickles name functions and classes and call them. This one looks each name up in a
fixed table, whose functions only build data; a name that is not there gets an inert stand-in,
which takes any call and does nothing, and is noted. So a file is read to its end whatever it
names, none of its code runs, and all names are known. It is what ``torch.load`` with
``weights_only=True`` does, but for all versions of PyTorch and of pickles, for MMEngine's log
history, and without stopping at the first name.
"""

import _compat_pickle
import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from mmengine.logging import HistoryBuffer

from .pickle_globals import HISTORY_METHODS, STATES, known_globals

PYTHON_UNPICKLER: Any = pickle._Unpickler
"""The one written in Python, whose operations can be replaced."""


class Inert:
    """Stands for what must not be built: takes anything and does nothing."""

    dump_patches = (
        False  # PyTorch's old format asks networks whether their source goes to a file
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def __call__(self, *args: Any, **kwargs: Any) -> 'Inert':
        return self

    def append(self, *args: Any) -> None:
        """Do nothing; for classes that are lists, sets or dicts, as the next two."""

    extend = add = append

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def pickle_module(names: list[str]) -> Any:
    """Return a ``pickle_module`` for ``torch.load`` that adds unknown names to ``names``."""

    class Unpickler(_Unpickler):
        unknown = names

    def load(file: Any, **kwargs: Any) -> Any:
        return Unpickler(file, **kwargs).load()

    return SimpleNamespace(__name__=__name__, Unpickler=Unpickler, load=load)


class _Unpickler(PYTHON_UNPICKLER):
    unknown: list[str]
    dispatch = dict(PYTHON_UNPICKLER.dispatch)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = known_globals()

    def find_class(self, module: str, name: str) -> Any:
        """Return the object of a name, or a class of inert objects."""
        if self.proto < 3:  # names of Python 2
            module, name = _compat_pickle.NAME_MAPPING.get((module, name), (module, name))
            module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        full = f'{module}.{name}'
        if full == 'builtins.getattr':
            return self._history_method
        if full not in self._known:
            return self._stand_in(full)
        return self._known[full]

    def _stand_in(self, name: str) -> type[Inert]:
        if name not in self.unknown:
            self.unknown.append(name)
        return type('Inert', (Inert,), {})

    def _history_method(self, owner: Any, name: Any) -> Any:
        """Return None for the methods that MMEngine stores beside its log, else an unknown."""
        if owner is HistoryBuffer and name in HISTORY_METHODS:
            return None
        return self._stand_in('builtins.getattr')()

    def _check_call(self, function: Any) -> None:
        """Refuse to call anything but inert objects and what the table contains."""
        allowed = is_inert(function) or function == self._history_method
        if not allowed and not any(function is known for known in self._known.values()):
            raise pickle.UnpicklingError(f'calls an object of type {type(function).__name__}')

    def load_reduce(self) -> None:
        self._check_call(self.stack[-2])
        super().load_reduce()

    def load_newobj(self) -> None:
        self._check_call(self.stack[-2])
        super().load_newobj()

    def load_newobj_ex(self) -> None:
        self._check_call(self.stack[-3])
        super().load_newobj_ex()

    def _instantiate(self, klass: Any, args: Any) -> None:
        """Check the class of the old operations INST and OBJ."""
        self._check_call(klass)
        super()._instantiate(klass, args)

    def load_build(self) -> None:
        """Set the state of an object, as far as that of its type is data."""
        built = self.stack[-2]
        if is_inert(built):
            del self.stack[-1]
            return
        kind = np.dtype if isinstance(built, np.dtype) else type(built)
        if kind in STATES:
            self.stack[-1] = STATES[kind](built, self.stack[-1])
        elif kind is type or not any(kind is known for known in self._known.values()):
            raise pickle.UnpicklingError(f'sets the state of an object of type {kind.__name__}')
        super().load_build()

    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.NEWOBJ[0]] = load_newobj
    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex
    dispatch[pickle.BUILD[0]] = load_build


def is_inert(one: Any) -> bool:
    """Return whether an object stands for what must not be built, or is the class of such."""
    return isinstance(one, Inert) or (isinstance(one, type) and issubclass(one, Inert))
