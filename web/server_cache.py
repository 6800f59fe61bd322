"""Cached pages on a Valkey or Redis server, which all web processes share."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

# How long a server that failed is not tried again, in seconds.
PAUSE = 5
logger = logging.getLogger(__name__)


class ServerCache(RedisCache):
    """A cache on a server, without which pages are slower but no request fails."""

    _paused_until = 0.0

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._unless_away(super().get, key, default, version, otherwise=default)

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._unless_away(super().set, key, value, timeout, version)

    def _unless_away(self, act: Callable[..., Any], *args: Any, otherwise: Any = None) -> Any:
        if time.monotonic() < ServerCache._paused_until:
            return otherwise
        try:
            return act(*args)
        except (RedisError, OSError) as error:
            ServerCache._paused_until = time.monotonic() + PAUSE
            logger.warning("The cache server is not used for %s seconds: %s", PAUSE, error)
            return otherwise
