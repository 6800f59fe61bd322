from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitTimeoutError
from threading import Lock


class SingleFlight[Result]:
    """Makes one result at a time for each key in this process, however many threads ask for it.

    `make()` returns None, or raises an error, where it makes nothing that others could use; then each thread
    that waited makes its own. None waits longer than `most_seconds`.
    """

    def __init__(self, most_seconds: float) -> None:
        self._most_seconds = most_seconds
        self._lock = Lock()
        self._flights: dict[str, Future[Result | None]] = {}

    def run(self, key: str, make: Callable[[], Result | None]) -> Result | None:
        own = Future[Result | None]()
        with self._lock:
            flight = self._flights.setdefault(key, own)
        if flight is own:
            return self._lead(key, own, make)
        try:
            result = flight.result(self._most_seconds)
        except WaitTimeoutError:
            result = None
        return make() if result is None else result

    def _lead(
        self, key: str, flight: "Future[Result | None]", make: Callable[[], Result | None]
    ) -> Result | None:
        result = None
        try:
            result = make()
        finally:
            with self._lock:
                del self._flights[key]
            flight.set_result(result)
        return result
