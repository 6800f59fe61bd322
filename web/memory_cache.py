"""Cached pages in the memory of the process."""

from threading import Lock
from typing import Any

from cachetools import LRUCache
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

MEGABYTE = 1_000_000


class Store:
    def __init__(self, size: int) -> None:
        self.values: LRUCache[str, Any] = LRUCache(size, getsizeof=len)
        self.lock = Lock()


class MemoryCache(BaseCache):
    """Keeps values that have a length, as they are, up to the option `MEGABYTES`; the least recently used go first.

    All threads share it. Nothing expires: the keys of pages contain their versions.
    """

    _stores: dict[str, "Store"] = {}

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        size = params["OPTIONS"]["MEGABYTES"] * MEGABYTE
        store = self._stores.setdefault(f"{location}:{size}", Store(size))
        self._values, self._lock = store.values, store.lock

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        with self._lock:
            return self._values.get(key, default)

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        with self._lock:
            if len(value) <= self._values.maxsize:
                self._values[key] = value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
