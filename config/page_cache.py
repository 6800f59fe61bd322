from typing import Any

# Of pages on a server, in seconds: those of old versions must go at some time.
TIMEOUT = 3600
# How long a request waits for the server, in seconds.
SERVER_TIMEOUT = 0.25


def page_cache(*, url: str, megabytes: int) -> dict[str, Any]:
    """Return the entry of CACHES for public pages: the process' memory, or the Valkey or Redis server at `url`."""
    if not url:
        return {
            "BACKEND": "web.memory_cache.MemoryCache",
            "LOCATION": "pages",
            "OPTIONS": {"MEGABYTES": megabytes},
        }
    timeouts = {"socket_timeout": SERVER_TIMEOUT, "socket_connect_timeout": SERVER_TIMEOUT}
    return {
        "BACKEND": "web.server_cache.ServerCache",
        "LOCATION": url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
        "KEY_PREFIX": "pages",
        "TIMEOUT": TIMEOUT,
        "OPTIONS": timeouts,
    }
