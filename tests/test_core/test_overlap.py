"""Threads that make items ahead and do tasks behind: the same as one thread, only sooner."""

import threading
import time

import pytest

from mmpose_addons_core.overlap import ITEMS, DoneBehind, made_ahead


def wait_for(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError('it did not happen in 5 seconds')


def no_size(_):
    return 0


def test_items_come_in_order():
    assert [*made_ahead(iter(range(1000)), no_size)] == [*range(1000)]
    assert [*made_ahead(iter(()), no_size)] == []


def test_few_items_are_made_ahead():
    made = []

    def items():
        for number in range(100):
            made.append(number)
            yield number

    ahead = made_ahead(items(), no_size)
    assert next(ahead) == 0
    # those that wait, and one for which there is no room
    wait_for(lambda: len(made) == ITEMS + 2)
    time.sleep(0.05)
    assert len(made) == ITEMS + 2
    ahead.close()


def test_large_items_wait_alone():
    made = []
    ahead = made_ahead((made.append(n) or n for n in range(100)), lambda _: 10**12)
    assert next(ahead) == 0
    wait_for(lambda: len(made) == 3)
    time.sleep(0.05)
    assert len(made) == 3
    assert [*ahead] == [*range(1, 100)]


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        yield 2
        raise OSError('broken')

    ahead = made_ahead(items(), no_size)
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(OSError, match='broken'):
        next(ahead)


def test_a_reader_that_leaves_ends_the_thread_and_closes_the_items():
    closed = []

    def items():
        try:
            yield from range(100)
        finally:
            closed.append(threading.current_thread().name)

    before = threading.active_count()
    ahead = made_ahead(items(), no_size)
    next(ahead)
    assert threading.active_count() == before + 1
    ahead.close()
    assert threading.active_count() == before
    assert closed == ['made ahead']


def test_tasks_are_done_in_order_by_one_thread():
    done = []
    with DoneBehind() as behind:
        for number in range(100):
            behind.do(lambda n=number: done.append((n, threading.current_thread().name)), 0)
    assert done == [(number, 'done behind') for number in range(100)]


def test_a_task_that_fails_is_the_last():
    done = []

    def fail():
        raise OSError('disk full')

    def many():
        with DoneBehind() as behind:
            behind.do(lambda: done.append(1), 0)
            behind.do(fail, 0)
            for _ in range(10 * ITEMS):
                behind.do(lambda: done.append(2), 0)

    with pytest.raises(OSError, match='disk full'):
        many()
    assert done == [1]


def test_the_last_task_may_fail():
    with pytest.raises(OSError, match='disk full'), DoneBehind() as behind:
        behind.do(lambda: (_ for _ in ()).throw(OSError('disk full')), 0)


@pytest.mark.parametrize(('error', 'number'), [(ValueError, ITEMS), (KeyboardInterrupt, 1)])
def test_what_is_found_before_an_error_is_done_but_not_after_ctrl_c(error, number):
    done, go = [], threading.Event()

    def task():
        go.wait(5)
        done.append(1)

    def broken():
        with DoneBehind() as behind:
            behind.do(task, 0)
            wait_for(lambda: not behind._queue._items)  # it runs
            for _ in range(ITEMS - 1):
                behind.do(task, 0)
            threading.Timer(0.1, go.set).start()
            raise error

    with pytest.raises(error):
        broken()
    assert len(done) == number
