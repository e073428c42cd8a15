"""Two threads beside the main one: items that are made ahead, and tasks that are done behind.

Order and results stay those of a single thread. Few items wait, so that memory does not grow.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar('T')

ITEMS, BYTES = 4, 64_000_000
"""Limits of what waits; one item always fits."""
WAKE = 0.5
"""Seconds after which a waiting thread looks for Ctrl-C: some systems tell nobody who waits."""


class _Queue(Generic[T]):
    """A queue that is limited in items and bytes, and that either side can close."""

    def __init__(self) -> None:
        self._items: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self.closed = False

    def put(self, item: T, size: int) -> bool:
        """Add an item as soon as there is room; False if the queue is closed."""
        with self._changed:
            while self._items and not self.closed:
                if len(self._items) < ITEMS and self._bytes + size <= BYTES:
                    break
                self._changed.wait(WAKE)
            if self.closed:
                return False
            self._items.append((item, size))
            self._bytes += size
            self._changed.notify_all()
            return True

    def get(self) -> T | None:
        """Take the first item as soon as there is one; None after the last one."""
        with self._changed:
            while not self._items:
                if self.closed:
                    return None
                self._changed.wait(WAKE)
            item, size = self._items.popleft()
            self._bytes -= size
            self._changed.notify_all()
            return item

    def close(self, drop: bool = False) -> None:
        """Let no more in; those who wait for an item go on."""
        with self._changed:
            self.closed = True
            if drop:
                self._items.clear()
            self._changed.notify_all()


def made_ahead(items: Iterator[T], size: Callable[[T], int]) -> Generator[T, None, None]:
    """Yield items that another thread has taken from an iterator in the meantime.

    The thread ends with the iterator, or after the item in hand when this generator is closed.

    Args:
        items: Used and, if it is a generator, closed by the thread only. An error in it is
            raised here after the items before it.
        size: Bytes of an item.

    Example:
        >>> [*made_ahead(iter('abc'), len)]
        ['a', 'b', 'c']
    """
    queue: _Queue[T] = _Queue()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            for item in items:
                if not queue.put(item, size(item)):
                    break
        except BaseException as error:
            errors.append(error)
        finally:
            if hasattr(items, 'close'):
                items.close()
            queue.close()

    thread = threading.Thread(target=run, name='made ahead', daemon=True)
    thread.start()
    try:
        while (item := queue.get()) is not None:
            yield item
        if errors:
            raise errors[0]
    finally:
        queue.close(drop=True)
        thread.join()


class DoneBehind:
    """Do tasks one after the other in another thread.

    At the end of the ``with`` block all tasks are done, unless one has failed or the block ends
    by a KeyboardInterrupt: then those that wait are dropped.

    Example:
        >>> done = []
        >>> with DoneBehind() as behind:
        ...     for number in range(3):
        ...         behind.do(lambda number=number: done.append(number), 8)
        >>> done
        [0, 1, 2]
    """

    def __init__(self) -> None:
        self._queue: _Queue[Callable[[], None]] = _Queue()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name='done behind', daemon=True)

    def __enter__(self) -> 'DoneBehind':
        self._thread.start()
        return self

    def do(self, task: Callable[[], None], size: int) -> None:
        """Add a task that holds some bytes, and wait while there is no room.

        Raises:
            BaseException: The error of an earlier task.
        """
        if not self._queue.put(task, size) and self._error:
            raise self._error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        self._queue.close(drop=interrupted)
        try:
            while self._thread.is_alive():
                self._thread.join(WAKE)
        except KeyboardInterrupt:
            self._queue.close(drop=True)
            self._thread.join()
            raise
        if kind is None and self._error:
            raise self._error

    def _run(self) -> None:
        try:
            while (task := self._queue.get()) is not None:
                task()
        except BaseException as error:
            self._error = error
            self._queue.close(drop=True)
