from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class _Reading[Result]:
    result: Future[Result] = field(default_factory=Future)
    # The one that begins after it, for those who have asked since it began.
    next: "_Reading[Result] | None" = None


class SharedRead[Result]:
    """Reads once for all threads of this process that wait for the same thing, and never hands out an old result.

    A reading that is under way may miss what has just been committed. So threads that ask meanwhile wait for the
    next one, and share it: what each gets was read after it asked. (`SingleFlight` joins what is under way.)
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[Hashable, _Reading[Result]] = {}

    def run(self, key: Hashable, read: Callable[[], Result]) -> Result:
        """Return the result of a call of `read` that began after this call, or raise its error."""
        with self._lock:
            earlier = self._under_way.get(key)
            shared = earlier.next if earlier else None
            own = _Reading[Result]()
            if earlier is None:
                self._under_way[key] = own
            elif shared is None:
                earlier.next = own
        if shared is not None:
            return shared.result.result()
        if earlier is not None:
            wait([earlier.result])
        return self._lead(key, own, read)

    def _lead(self, key: Hashable, own: _Reading[Result], read: Callable[[], Result]) -> Result:
        """Read for all who share it. The next reading begins when this one has its result."""
        try:
            result = read()
        except BaseException as error:
            self._end(key, own)
            own.result.set_exception(error)
            raise
        self._end(key, own)
        own.result.set_result(result)
        return result

    def _end(self, key: Hashable, own: _Reading[Result]) -> None:
        """Put the next reading, if there is one, in the place of this one, so that nobody else joins it."""
        with self._lock:
            if own.next is None:
                del self._under_way[key]
            else:
                self._under_way[key] = own.next
