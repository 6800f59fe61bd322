"""Content codings of HTTP (RFC 9110 §12.5.3): which one a client accepts."""

from functools import lru_cache

# Best first.
CODINGS = ("br", "gzip")
LONGEST_HEADER = 200


def accepted_coding(header: str) -> str:
    """Return "br", "gzip" or "", for an Accept-Encoding header."""
    return _accepted(header) if len(header) <= LONGEST_HEADER else ""


@lru_cache(maxsize=1000)
def _accepted(header: str) -> str:
    accepted = dict(_weighted(part) for part in header.lower().split(","))
    fallback = accepted.get("*", False)
    return next((coding for coding in CODINGS if accepted.get(coding, fallback)), "")


def _weighted(part: str) -> tuple[str, bool]:
    """Return a coding, and whether its weight is above zero."""
    coding, _, weight = part.partition(";")
    _, _, value = weight.partition("=")
    try:
        return coding.strip(), float(value or 1) > 0
    except ValueError:
        return coding.strip(), False
