from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from web.shared_read import SharedRead

SOON = 10  # seconds; nothing here waits that long unless it hangs


class Source:
    """What is read: each reading waits until the test lets it end, and returns the value as it began."""

    def __init__(self) -> None:
        self.value = 0
        self.readings: list[Event] = []

    def read(self) -> int:
        value, may_end = self.value, Event()
        self.readings.append(may_end)
        assert may_end.wait(SOON)
        return value

    def wait_for_readings(self, number: int) -> None:
        for _ in range(1000):
            if len(self.readings) == number:
                return
            sleep(0.01)
        raise AssertionError(f"{len(self.readings)} readings began instead of {number}")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(10) as executor:
        yield executor


def wait_for_joined(shared: SharedRead[int], number: int) -> None:
    """Wait until that many threads wait for the reading after the one that is under way, its leader apart."""
    for _ in range(1000):
        under_way = shared._under_way.get("page")
        following = under_way.next if under_way else None
        if following and len(following.result._condition._waiters) >= number:  # type: ignore[attr-defined]
            return
        sleep(0.01)
    raise AssertionError("the threads did not join one reading")


def test_threads_that_ask_during_a_reading_share_the_next_one(threads: ThreadPoolExecutor) -> None:
    source, shared = Source(), SharedRead[int]()
    first = threads.submit(shared.run, "page", source.read)
    source.wait_for_readings(1)
    source.value = 1  # committed while the first reading is under way
    later = [threads.submit(shared.run, "page", source.read) for _ in range(5)]
    wait_for_joined(shared, 4)

    source.readings[0].set()
    source.wait_for_readings(2)
    source.readings[1].set()

    assert first.result(SOON) == 0
    assert [each.result(SOON) for each in later] == [1] * 5
    assert len(source.readings) == 2


def test_a_reading_that_has_begun_is_not_joined(threads: ThreadPoolExecutor) -> None:
    source, shared = Source(), SharedRead[int]()
    results: list[Future[int]] = []
    for number in range(3):
        source.value = number
        results.append(threads.submit(shared.run, "page", source.read))
        if number:
            wait_for_joined(shared, 0)
            source.readings[number - 1].set()
        source.wait_for_readings(number + 1)
    source.readings[2].set()

    assert [each.result(SOON) for each in results] == [0, 1, 2]


def test_other_keys_do_not_wait(threads: ThreadPoolExecutor) -> None:
    source, shared = Source(), SharedRead[int]()
    slow = threads.submit(shared.run, "page", source.read)
    source.wait_for_readings(1)

    assert threads.submit(shared.run, "other", lambda: 7).result(SOON) == 7
    assert not slow.done()
    source.readings[0].set()


def test_an_error_reaches_those_who_share_the_reading_and_no_others(
    threads: ThreadPoolExecutor,
) -> None:
    source, shared = Source(), SharedRead[int]()
    first = threads.submit(shared.run, "page", source.read)
    source.wait_for_readings(1)

    def fail() -> int:
        raise OSError("gone")

    later = [threads.submit(shared.run, "page", fail) for _ in range(3)]
    wait_for_joined(shared, 2)
    source.readings[0].set()

    assert first.result(SOON) == 0
    assert [str(each.exception(SOON)) for each in later] == ["gone"] * 3
    assert shared.run("page", lambda: 3) == 3
    assert shared._under_way == {}
